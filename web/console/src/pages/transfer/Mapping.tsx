import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useId, useMemo, useState } from 'react'
import { sourcesQuery } from '~/api/community'
import { asProblem } from '~/api/problem'
import {
  type Import,
  mapImport,
  type Named,
  type Plan,
  type PreviewRow,
  previewQuery,
  targetsQuery,
} from '~/api/transfer'
import { useProblem } from '~/app/useProblem'
import { type Translate, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, ProblemNotice, StatusTag, type TableColumn } from '~/parts'
import { Section } from '../Section'
import css from './Transfer.module.css'

interface Props {
  im: Import
  slug: string
  onCheck: (next: Import) => void
}

/** What each column means, with what stands in it, and what becomes of people who are known already. */
export function Mapping({ im, slug, onCheck }: Props) {
  const { t, language } = useWords()
  const refusal = useProblem()
  const [plan, setPlan] = useState<Plan>(im.plan)
  const [busy, setBusy] = useState(false)
  const targets = useQuery(targetsQuery(slug, language))
  const preview = useQuery({ ...previewQuery(slug, im.id, JSON.stringify([im.plan, language])), enabled: im.kept })
  const rows = preview.data?.rows ?? []
  const agrees = plan.columns.some((c) => c.startsWith('consent.'))
  const known = new Set(identifiers)
  const tells = plan.columns.some((c) => known.has(c))
  const check = async () => {
    setBusy(true)
    const next = await refusal.guard(() =>
      mapImport(slug, im.id, { ...plan, wording: agrees ? plan.wording : undefined, tags: plan.tags ?? [] }),
    )
    setBusy(false)
    if (next) onCheck(next)
  }
  const set = (column: number, target: string) =>
    setPlan({ ...plan, columns: plan.columns.map((c, i) => (i === column ? target : c)) })
  return (
    <>
      {refusal.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={refusal.problem} focus />
        </div>
      )}
      <Section
        title={t('transfer.columns')}
        more={t('transfer.columns.used', { used: plan.columns.filter(Boolean).length, of: plan.columns.length })}
      >
        {targets.error && <ProblemNotice problem={asProblem(targets.error)} onRetry={() => targets.refetch()} />}
        <Columns im={im} plan={plan} rows={rows} targets={targets.data?.items ?? []} onChange={set} />
        {!tells && <p className={css.warn}>{t('transfer.columns.nobody')}</p>}
      </Section>
      <Section title={t('transfer.options')}>
        <Options plan={plan} onChange={setPlan} slug={slug} agrees={agrees} />
      </Section>
      <div className={css.actions}>
        <Button
          type="primary"
          loading={busy}
          disabled={!tells || !im.kept || (agrees && !plan.wording?.trim())}
          onClick={check}
        >
          {t('transfer.check', { count: im.total })}
        </Button>
        <span className={css.hint}>{t('transfer.check.note')}</span>
      </div>
      {preview.error && <ProblemNotice problem={asProblem(preview.error)} onRetry={() => preview.refetch()} />}
      {rows.length > 0 && (
        <Section title={t('transfer.preview', { count: rows.length })}>
          <Rows im={im} rows={rows} />
        </Section>
      )}
    </>
  )
}

const identifiers = ['phone', 'email', 'external', 'unionid', 'oa_openid', 'wecom_external']

/** Targets in groups, as one looks for them. Those taken by another column are still offered: the server says what may stand twice. */
function grouped(targets: Named[], t: Translate) {
  const kind = (name: string) => {
    if (identifiers.includes(name)) return t('transfer.group.who')
    if (name.startsWith('custom.')) return t('transfer.group.custom')
    if (name.startsWith('consent.')) return t('transfer.group.consent')
    return name === 'tags' || name === 'source' ? t('transfer.group.marks') : t('transfer.group.profile')
  }
  const groups = new Map<string, { value: string; label: string }[]>()
  for (const { name, title } of targets) {
    const list = groups.get(kind(name)) ?? []
    list.push({ value: name, label: title })
    groups.set(kind(name), list)
  }
  return [
    { value: '', label: t('transfer.leaveOut') },
    ...[...groups].map(([label, options]) => ({ label, title: label, options })),
  ]
}

interface ColumnsProps {
  im: Import
  plan: Plan
  rows: PreviewRow[]
  targets: Named[]
  onChange: (column: number, target: string) => void
}

function Columns({ im, plan, rows, targets, onChange }: ColumnsProps) {
  const { t } = useWords()
  const options = useMemo(() => grouped(targets, t), [targets, t])
  return (
    <ul className={css.columns}>
      {(im.layout.headers ?? []).map((header, i) => {
        const values = [...new Set(rows.map((row) => row.cells?.[i] ?? '').filter(Boolean))].slice(0, 3)
        const target = plan.columns[i] ?? ''
        const guessed = im.state === 'uploaded' && target !== '' && target === im.plan.columns[i]
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
          <li key={i} data-out={target === '' || undefined}>
            <div className={css.source}>
              <strong>{header}</strong>
              <span className={css.samples}>
                {values.length > 0 ? values.join(t('common.listComma')) : t('transfer.sample.none')}
              </span>
            </div>
            <div className={css.target}>
              <Select
                aria-label={t('transfer.means', { header })}
                className={css.wide}
                value={target}
                onChange={(next) => onChange(i, next)}
                options={options}
                showSearch={{ optionFilterProp: 'label' }}
                popupMatchSelectWidth={false}
              />
              {guessed && <StatusTag bare>{t('transfer.guessed')}</StatusTag>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

interface OptionsProps {
  plan: Plan
  onChange: (plan: Plan) => void
  slug: string
  agrees: boolean
}

function Options({ plan, onChange, slug, agrees }: OptionsProps) {
  const { t } = useWords()
  const id = useId()
  const sources = useQuery(sourcesQuery(slug))
  const policies = [
    { value: 'update', label: t('transfer.existing.update'), note: t('transfer.existing.update.note') },
    { value: 'keep', label: t('transfer.existing.keep'), note: t('transfer.existing.keep.note') },
  ]
  return (
    <div className={css.options}>
      <fieldset className={css.field}>
        <legend>{t('transfer.existing')}</legend>
        {policies.map(({ value, label, note }) => (
          <label key={value} className={css.radio}>
            <input
              type="radio"
              name={`${id}-existing`}
              checked={plan.existing === value}
              onChange={() => onChange({ ...plan, existing: value })}
            />
            <span>
              {label}
              <span className={css.note}>{note}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div>
        <div className={css.field}>
          <label htmlFor={`${id}-source`}>{t('transfer.source')}</label>
          <Select
            id={`${id}-source`}
            className={css.wide}
            allowClear
            placeholder={t('transfer.source.none')}
            value={plan.source || undefined}
            onChange={(source?: string) => onChange({ ...plan, source: source ?? '' })}
            options={(sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))}
          />
          <span className={css.note}>{t('transfer.source.note')}</span>
        </div>
        <div className={css.field}>
          <label htmlFor={`${id}-tags`}>{t('transfer.tags')}</label>
          <Select
            id={`${id}-tags`}
            className={css.wide}
            mode="tags"
            open={false}
            suffixIcon={null}
            tokenSeparators={[',', '，', '、']}
            placeholder={t('transfer.tags.hint')}
            value={plan.tags ?? []}
            onChange={(tags: string[]) => onChange({ ...plan, tags })}
          />
        </div>
        {agrees && (
          <div className={css.field}>
            <label htmlFor={`${id}-wording`}>{t('transfer.wording')}</label>
            <Input
              id={`${id}-wording`}
              value={plan.wording ?? ''}
              maxLength={80}
              onChange={(event) => onChange({ ...plan, wording: event.target.value })}
            />
            <span className={css.note}>{t('transfer.wording.note')}</span>
          </div>
        )}
      </div>
    </div>
  )
}

/** The first rows as they were understood; what is wrong with one stands under it. */
function Rows({ im, rows }: { im: Import; rows: PreviewRow[] }) {
  const { t } = useWords()
  const format = useFormat()
  const flaws = (row: PreviewRow, column: number | undefined) =>
    (row.reasons ?? []).filter((reason) => (reason.column || undefined) === column)
  const words = (row: PreviewRow, column: number | undefined) =>
    flaws(row, column).map((reason) => (
      <span key={reason.code} className={css.flaw}>
        {reason.words}
      </span>
    ))
  return (
    <DataTable<PreviewRow>
      label={t('transfer.preview', { count: rows.length })}
      rows={rows}
      rowId={(row) => String(row.row)}
      columns={[
        {
          id: 'line',
          header: t('transfer.line'),
          main: true,
          align: 'right',
          width: 56,
          title: ({ row }) => t('transfer.line.title', { line: row }),
          cell: ({ row }) => <span className={css.line}>{format.count(row)}</span>,
        },
        ...(im.layout.headers ?? []).map(
          (header, i): TableColumn<PreviewRow> => ({
            id: String(i),
            header,
            tone: (row) => (flaws(row, i + 1).length > 0 ? 'bad' : undefined),
            cell: (row) => {
              const why = [...words(row, i + 1), ...(i === 0 ? words(row, undefined) : [])]
              const text = row.cells?.[i] ?? ''
              return why.length === 0 ? (
                text
              ) : (
                <>
                  {text}
                  {why}
                </>
              )
            },
          }),
        ),
      ]}
    />
  )
}
