import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { companyChanged } from '~/api/companies'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import { PickPerson } from '../events/PickPerson'
import page from '../page.module.css'

interface Values {
  name: string
  contact: string
}

interface Props {
  slug: string
  onClose: () => void
  onDone: (id: string) => void
}

/** A company is noted with its name and who speaks for it. */
export function FoundCompany({ slug, onClose, onDone }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const found = useCommand((body: Values, headers) =>
    call<Schemas['PeopleOrganisation']>(
      api.POST('/api/v1/communities/{community}/organisations', {
        params: { path: { community: slug } },
        headers,
        body,
      }),
    ),
  )
  const send = async (v: Values) => {
    const done = await refusal.guard(() => found.mutateAsync({ name: v.name.trim(), contact: v.contact }), form)
    if (!done) return
    await companyChanged(client, slug)
    toast.done(t('companies.found.done'))
    onClose()
    onDone(done.id)
  }
  const needed = { required: true, message: t('intake.needed') }
  return (
    <Dialog open title={t('companies.found')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={send}>
        <Form.Item name="name" label={t('companies.name')} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="contact"
          label={t('companies.role.contact')}
          extra={t('companies.contact.note')}
          rules={[needed]}
        >
          <PickPerson slug={slug} />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={found.isPending}>
            {t('companies.found')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
