import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { at, exportColumnsQuery } from '~/api/transfer'
import { download } from '~/api/upload'
import { useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, type ExportFormat, ProblemNotice } from '~/parts'
import css from './Transfer.module.css'

interface Props {
  slug: string
  format: ExportFormat
  /** The list's filter, as the server takes it. */
  query: Record<string, unknown>
  total?: number
  /** There are more than were counted. */
  more?: boolean
  /** They were chosen one by one. */
  picked?: boolean
  onClose: () => void
}

/** The people of the current filter as a file. Masked, unless one may and says why; either way it is written down. */
export function ExportPeople({ slug, format, query, total, more = false, picked = false, onClose }: Props) {
  const { t, language } = useWords()
  const count = useFormat().count
  const id = useId()
  const may = useMay()('people.reveal')
  const toast = useToast()
  const refusal = useProblem()
  const [columns, setColumns] = useState<string[]>([])
  const [reveal, setReveal] = useState(false)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const all = useQuery(exportColumnsQuery(slug, language))
  const get = async () => {
    setBusy(true)
    const done = await refusal.guard(async () => {
      const params = new URLSearchParams({ format })
      for (const [name, value] of Object.entries(query)) params.set(name, String(value))
      if (columns.length > 0) params.set('columns', columns.join(','))
      if (reveal) {
        params.set('reveal', 'true')
        params.set('reason', reason.trim())
      }
      await download(at(slug, `/exports/people?${params}`), `people.${format}`)
      return true
    })
    setBusy(false)
    if (!done) return
    toast.done(t('transfer.export.done'))
    onClose()
  }
  return (
    <Dialog open title={format === 'csv' ? t('transfer.export.csv') : t('transfer.export.xlsx')} onClose={onClose}>
      <div className={css.sheet}>
        <p>
          {total === undefined
            ? t('transfer.export.some')
            : picked
              ? t('transfer.export.picked', { count: total })
              : t('transfer.export.count', { count: `${count(total)}${more ? '+' : ''}` })}
        </p>
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
        <div className={css.field}>
          <label htmlFor={`${id}-columns`}>{t('transfer.export.columns')}</label>
          <Select
            id={`${id}-columns`}
            className={css.wide}
            mode="multiple"
            allowClear
            maxTagCount={4}
            placeholder={t('transfer.export.usual')}
            value={columns}
            onChange={setColumns}
            options={(all.data?.items ?? []).map((c) => ({ value: c.name, label: c.title }))}
            showSearch={{ optionFilterProp: 'label' }}
          />
        </div>
        <div className={css.field}>
          <p className={css.note}>{t('transfer.export.masked')}</p>
          {may === 'yes' ? (
            <label className={css.check}>
              <input type="checkbox" checked={reveal} onChange={(event) => setReveal(event.target.checked)} />
              {t('transfer.export.reveal')}
            </label>
          ) : (
            <p className={css.note}>
              {may === 'second-factor' ? t('transfer.export.factor') : t('transfer.export.mayNot')}
            </p>
          )}
        </div>
        {reveal && (
          <div className={css.field}>
            <label htmlFor={`${id}-reason`}>{t('transfer.export.reason')}</label>
            <Input
              id={`${id}-reason`}
              value={reason}
              maxLength={200}
              onChange={(event) => setReason(event.target.value)}
            />
          </div>
        )}
        <div className={css.actions}>
          <Button type="primary" loading={busy} disabled={reveal && !reason.trim()} onClick={get}>
            {t('transfer.export.get')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <span className={css.note}>{t('transfer.export.logged')}</span>
        </div>
      </div>
    </Dialog>
  )
}
