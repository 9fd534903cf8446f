import { useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, InputNumber } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import css from '../page.module.css'

/** Opens the doors at another time or rate; those who wait are let in by it. */
export function MoveDoors({
  slug,
  opening,
  onClose,
}: {
  slug: string
  opening: Schemas['IntakeOpening']
  onClose: () => void
}) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const [form] = Form.useForm<{ opens_at: Dayjs; rate: number }>()
  const save = async (values: { opens_at: Dayjs; rate: number }) => {
    const done = await refusal.guard(async () => {
      await call(
        api.PATCH('/api/v1/communities/{community}/openings/{id}', {
          params: { path: { community: slug, id: opening.id } },
          body: { opens_at: values.opens_at.toISOString(), rate: values.rate } as never,
        }),
      )
      return true
    }, form)
    await client.invalidateQueries({ queryKey: ['openings', slug] })
    await client.invalidateQueries({ queryKey: ['queue', slug] })
    if (done) onClose()
  }
  return (
    <Dialog open title={t('intake.doors.move')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form
        form={form}
        layout="vertical"
        onFinish={save}
        initialValues={{ opens_at: dayjs(opening.opens_at), rate: opening.rate }}
      >
        <Form.Item
          name="opens_at"
          label={t('intake.doors.at')}
          rules={[{ required: true, message: t('intake.needed') }]}
        >
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className={css.wide} />
        </Form.Item>
        <Form.Item name="rate" label={t('intake.doors.rate')} rules={[{ required: true, message: t('intake.needed') }]}>
          <InputNumber min={1} className={css.wide} />
        </Form.Item>
        <p className={css.actions}>
          <Button type="primary" htmlType="submit">
            {t('intake.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
