import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { bankChanged, type Guest } from '~/api/bank'
import { api, call, ifMatch } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { PickPerson } from './PickPerson'

interface Props {
  slug: string
  /** The one that is changed, and its version; a new one if there is none. */
  was?: { data: Guest; etag?: string }
  onClose: () => void
  onDone?: (id: string) => void
}

/** Who may be asked: somebody of the community, or from outside. What is written of a contact is seen by nobody until they say why. */
export function GuestForm({ slug, was, onClose, onDone }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Schemas['EventGuestDraft']>()
  const put = useCommand((v: Schemas['EventGuestDraft'], headers) =>
    was
      ? call<Guest>(
          api.PATCH('/api/v1/communities/{community}/guests/{id}', {
            params: { path: { community: slug, id: was.data.id }, header: ifMatch(was.etag) },
            // An empty field leaves the contact that is there: it can't be seen here.
            body: { name: v.name, role: v.role ?? '', topics: v.topics ?? [], contact: v.contact?.trim() || undefined },
          }),
        )
      : call<Guest>(
          api.POST('/api/v1/communities/{community}/guests', {
            params: { path: { community: slug } },
            headers,
            body: v,
          }),
        ),
  )
  const send = async (v: Schemas['EventGuestDraft']) => {
    const done = await refusal.guard(() => put.mutateAsync(v), form)
    if (!done) return
    await bankChanged(client, slug)
    toast.done(t('events.bank.saved'))
    onClose()
    onDone?.(done.id)
  }
  const g = was?.data
  return (
    <Dialog open side width={520} title={t(g ? 'events.guests.edit' : 'events.guests.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ name: g?.name, role: g?.role, topics: g?.topics ?? [] }}
      >
        {!g && (
          <Form.Item name="person" label={t('events.guests.person')} extra={t('events.guests.person.note')}>
            <PickPerson slug={slug} />
          </Form.Item>
        )}
        <Form.Item
          name="name"
          label={t('events.guests.name')}
          rules={[{ required: true, whitespace: true, message: t('intake.needed') }]}
        >
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t('events.guests.role')}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="topics" label={t('events.guests.topics')} extra={t('events.guests.topics.note')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['，', ',', '、']} />
        </Form.Item>
        <Form.Item
          name="contact"
          label={t('events.guests.contact')}
          extra={t(g?.reachable ? 'events.guests.contact.keep' : 'events.guests.contact.note')}
        >
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t('events.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
