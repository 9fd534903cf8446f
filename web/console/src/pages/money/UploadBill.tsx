import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { FileUp } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { type Bill, billsAt, channelsQuery, madeAt, type PayChannel } from '~/api/bills'
import { moneyKey } from '~/api/money'
import { asProblem } from '~/api/problem'
import { download, upload } from '~/api/upload'
import { communityPath } from '~/app/community'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { dayIn } from './bills'
import { channelName } from './channels'
import css from './Money.module.css'

interface Values {
  channel: string
  day: Dayjs
  file: File
}

/** Takes the bill of a day as the channel gives it out, and leads to what came of comparing it. */
export function UploadBill({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { t } = useWords()
  const channels = useQuery(channelsQuery(slug))
  const billers = (channels.data?.items ?? []).filter((c) => c.bills)
  const body = () => {
    if (channels.error) return <ProblemNotice problem={asProblem(channels.error)} onRetry={() => channels.refetch()} />
    if (!channels.data) return <p role="status">{t('common.loading')}</p>
    if (billers.length === 0) return <p>{t('bills.channel.none')}</p>
    return <Upload slug={slug} billers={billers} onClose={onClose} />
  }
  return (
    <Dialog open title={t('bills.upload')} onClose={onClose}>
      {body()}
    </Dialog>
  )
}

function Upload({ slug, billers, onClose }: { slug: string; billers: PayChannel[]; onClose: () => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const go = useNavigate()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const [share, setShare] = useState<number>()
  const going = useRef<AbortController>(undefined)
  useEffect(() => () => going.current?.abort(), [])
  const { channel, day } = Form.useWatch([], form) ?? {}
  const made = billers.find((c) => c.name === channel)?.made
  const there = refusal.problem?.code === 'bill.there' ? refusal.problem.params?.bill : undefined

  const send = async (values: Values) => {
    const mine = new AbortController()
    going.current = mine
    setShare(0)
    const bill = await refusal.guard(
      () =>
        upload<Bill>({
          url: billsAt(slug),
          file: values.file,
          fields: { channel: values.channel, day: values.day.format('YYYY-MM-DD') },
          onProgress: setShare,
          signal: mine.signal,
        }),
      form,
    )
    setShare(undefined)
    await client.invalidateQueries({ queryKey: moneyKey(slug) })
    if (bill) go(communityPath(slug, `money/bills/${bill.id}`))
  }
  const chosen = (file?: File) => {
    const named = file && dayIn(file.name)
    if (named && dayjs(named).isBefore(dayjs(), 'day')) form.setFieldsValue({ day: dayjs(named) })
  }
  const makeOne = () =>
    refusal.guard(async () => {
      const of = (day as Dayjs).format('YYYY-MM-DD')
      await download(madeAt(slug, channel as string, of), `bill-${channel}-${of}.csv`)
    })
  const sending = share !== undefined
  return (
    <>
      <p>{t('bills.upload.what')}</p>
      {refusal.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={refusal.problem} fieldsShown focus />
          {typeof there === 'string' && (
            <p className={page.note}>
              <Link to={communityPath(slug, `money/bills/${there}`)}>{t('bills.open')}</Link>
            </p>
          )}
        </div>
      )}
      <Form
        form={form}
        layout="vertical"
        onFinish={send}
        disabled={sending}
        initialValues={{ channel: billers[0]?.name, day: dayjs().subtract(1, 'day') }}
      >
        <Form.Item name="channel" label={t('bills.channel')} rules={[{ required: true }]}>
          <Select options={billers.map((c) => ({ value: c.name, label: channelName(c.name, t) }))} />
        </Form.Item>
        <Form.Item
          name="file"
          label={t('bills.file')}
          extra={
            made ? (
              <>
                {t('bills.made')}{' '}
                <Button type="link" size="small" className={page.inline} disabled={!day} onClick={makeOne}>
                  {t('bills.made.get')}
                </Button>
              </>
            ) : (
              t('bills.file.note')
            )
          }
          rules={[{ required: true, message: t('bills.file.needed') }]}
        >
          <OneFile onPick={chosen} disabled={sending} />
        </Form.Item>
        <Form.Item name="day" label={t('bills.day')} extra={t('bills.day.note')} rules={[{ required: true }]}>
          <DatePicker
            format="YYYY-MM-DD"
            allowClear={false}
            className={page.wide}
            disabledDate={(at) => !at.isBefore(dayjs(), 'day')}
          />
        </Form.Item>
        {sending && (
          <p role="status" className={page.note}>
            {share < 1 ? t('bills.sending', { percent: Math.round(100 * share) }) : t('bills.comparing')}
          </p>
        )}
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={sending}>
            {t('bills.upload.go')}
          </Button>
          <Button disabled={false} onClick={onClose}>
            {t('common.cancel')}
          </Button>
        </p>
      </Form>
    </>
  )
}

interface OneFileProps {
  /** Given by the form: */
  id?: string
  value?: File
  onChange?: (file?: File) => void
  onPick: (file?: File) => void
  disabled: boolean
}

function OneFile({ id, value, onChange, onPick, disabled }: OneFileProps) {
  const { t } = useWords()
  return (
    <span className={css.pick}>
      <input
        id={id}
        type="file"
        accept=".csv,.txt,text/csv,text/plain"
        disabled={disabled}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (!file) return
          onChange?.(file)
          onPick(file)
        }}
      />
      <label htmlFor={id}>
        <FileUp size={16} aria-hidden="true" />
        {value ? t('bills.file.other') : t('bills.file.choose')}
      </label>
      {value && <span className={css.key}>{value.name}</span>}
    </span>
  )
}
