import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, InputNumber } from 'antd'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { launchChanged, type Pledge } from '~/api/launches'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import { PickPerson } from '../events/PickPerson'
import page from '../page.module.css'
import css from './Growth.module.css'

interface Values {
  person: string
  contacts: number
  shares: number
}

interface Props {
  slug: string
  launch: string
  /** Whose pledge it is; else who is asked for. */
  was?: Pledge
  onClose: () => void
}

/** What somebody promises, asked or not; a later promise takes the place of an earlier one. */
export function Promised({ slug, launch, was, onClose }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const promise = useCommand((body: Values, headers) =>
    call<Schemas['LaunchPledge']>(
      api.POST('/api/v1/communities/{community}/launches/{id}/promises', {
        params: { path: { community: slug, id: launch } },
        headers,
        body,
      }),
    ),
  )
  const send = async (v: Values) => {
    const body = { person: was?.person ?? v.person, contacts: v.contacts, shares: v.shares }
    if (!(await refusal.guard(() => promise.mutateAsync(body), form))) return
    await launchChanged(client, slug)
    toast.done(t('launches.work.promise.noted'))
    onClose()
  }
  const needed = [{ required: true, message: t('intake.needed') }]
  const name = was?.nickname || t('people.unnamed')
  return (
    <Dialog open title={was ? t('launches.promise.of', { name }) : t('launches.promise')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ contacts: was?.contacts || 10, shares: was?.shares || 1 }}
      >
        {!was && (
          <Form.Item name="person" label={t('launches.who')} rules={needed}>
            <PickPerson slug={slug} />
          </Form.Item>
        )}
        <div className={css.pair}>
          <Form.Item name="contacts" label={t('launches.promise.contacts')} rules={needed}>
            <InputNumber min={0} precision={0} className={page.wide} />
          </Form.Item>
          <Form.Item name="shares" label={t('launches.promise.shares')} rules={needed}>
            <InputNumber min={1} precision={0} className={page.wide} />
          </Form.Item>
        </div>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={promise.isPending}>
            {t('launches.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
