import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Switch } from 'antd'
import { api, call } from '~/api/client'
import { useCommand } from '~/api/queries'
import { type Member, teamKey } from '~/api/team'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import css from './Team.module.css'
import type { Team } from './useTeam'
import { clockOf, minuteOf } from './words'

interface Values {
  takes: boolean
  most: number | null
  from: string
  to: string
}

/** How many one of the staff is given, and when. What is left empty is as the rules say. */
export function Place({
  slug,
  member: m,
  team,
  onClose,
}: {
  slug: string
  member: Member
  team: Team
  onClose: () => void
}) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const owners = team.data?.owners
  const put = useCommand((body: { paused: boolean; most: number; from: number; to: number }, headers) =>
    call(
      api.PUT('/api/v1/communities/{community}/departments/{name}/staff/{id}', {
        params: { path: { community: slug, name: m.department, id: m.staff } },
        headers,
        body,
      }),
    ),
  )
  const send = async ({ takes, most, from, to }: Values) => {
    const body = { paused: !takes, most: most ?? 0, from: minuteOf(from) ?? 0, to: minuteOf(to) ?? 0 }
    const done = await refusal.guard(() => put.mutateAsync(body), form)
    if (!done) return
    await client.invalidateQueries({ queryKey: teamKey(slug) })
    toast.done(t('team.place.done', { name: m.staff_name }))
    onClose()
  }
  const time = (other: 'from' | 'to') => ({
    validator: (_: unknown, text?: string) => {
      const both = (text ?? '') !== '' || (form.getFieldValue(other) ?? '') !== ''
      return !both || minuteOf(text ?? '') !== undefined
        ? Promise.resolve()
        : Promise.reject(new Error(t('team.time.wrong')))
    },
  })
  return (
    <Dialog open title={t('team.place.whom', { name: m.staff_name })} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={send}
        initialValues={{
          takes: !m.paused,
          most: m.most || null,
          from: m.to ? clockOf(m.from ?? 0) : '',
          to: m.to ? clockOf(m.to) : '',
        }}
      >
        <Form.Item
          name="takes"
          valuePropName="checked"
          label={t('team.place.takes')}
          extra={t('team.place.takes.note')}
        >
          <Switch />
        </Form.Item>
        <Form.Item
          name="most"
          label={t('team.rule.most')}
          extra={owners?.most ? t('team.place.most.note', { most: owners.most }) : t('team.place.most.free')}
        >
          <InputNumber min={1} max={100_000} precision={0} className={css.short} />
        </Form.Item>
        <div className={css.pair}>
          <Form.Item name="from" label={t('team.place.from')} rules={[time('to')]}>
            <Input placeholder={owners?.hours?.from || '00:00'} autoComplete="off" />
          </Form.Item>
          <Form.Item name="to" label={t('team.place.to')} rules={[time('from')]}>
            <Input placeholder={owners?.hours?.to || '24:00'} autoComplete="off" />
          </Form.Item>
        </div>
        <p className={page.note}>{t('team.place.hours.note')}</p>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t('team.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
