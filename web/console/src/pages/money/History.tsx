import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useMemo, useRef, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { type Currency, listMovements, type Movement, moneyKey, namesQuery } from '~/api/money'
import { communityPath, useCommunity } from '~/app/community'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, type ListColumn, ListPage, type ListSource, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { accountName, causeOf, kindOf, ownerOf } from './accounts'
import { formatAmount, formatChange, isCurrency, plainAmount } from './amounts'
import { allPages, csvOf, save } from './csv'
import css from './Money.module.css'
import { useWho } from './Who'

/** The lines of an account, the newest first, each with the balance after it and the way to the entry it is in. */
export function History() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const [params] = useSearchParams()
  const account = params.get('account') ?? ''
  const asked = params.get('currency')
  const currency: Currency = isCurrency(asked) ? asked : 'CNY'
  const owner = ownerOf(account)
  const names = useQuery(namesQuery(slug, owner ? [owner] : []))
  const person = names.data?.get(owner ?? '')
  const who = useWho()
  const [exporting, setExporting] = useState(false)
  const columns = useColumns(currency)
  const source = useMemo<ListSource<Movement>>(
    () => ({
      key: [...moneyKey(slug), 'history', account, currency],
      load: ({ limit, cursor }, signal) => listMovements(slug, { account, currency, limit, cursor }, signal),
    }),
    [slug, account, currency],
  )
  const kind = kindOf(account)
  const crumbs = [
    { label: t('frame.money'), to: communityPath(slug, 'money') },
    ...(owner
      ? [
          {
            label: accountName(kind, t),
            to: communityPath(slug, `money/accounts?${new URLSearchParams({ prefix: kind })}`),
          },
        ]
      : []),
  ]
  const name = owner ? t('money.account.of', { name: who(person) || owner }) : accountName(account, t)
  return (
    <>
      <PageHeader
        title={name}
        crumbs={crumbs}
        meta={
          person &&
          !person.erased &&
          !person.staff && <Link to={communityPath(slug, `people/${person.id}`)}>{t('money.person.open')}</Link>
        }
        actions={<Button onClick={() => setExporting(true)}>{t('list.export.csv')}</Button>}
      />
      <p className={css.signs}>{t('money.signs')}</p>
      <div className={page.list}>
        <ListPage<Movement>
          id="history"
          unit={(count) => t('money.lines.unit', { count })}
          columns={columns}
          source={source}
          rowId={(m) => m.entry}
          rowName={(m) => causeOf(m.key, t) || m.key}
          rowTo={(m) => communityPath(slug, `money/entries/${m.entry}`)}
          empty={{ title: t('money.history.none') }}
        />
      </div>
      {exporting && (
        <ExportHistory
          slug={slug}
          account={account}
          currency={currency}
          name={name}
          onClose={() => setExporting(false)}
        />
      )}
    </>
  )
}

function useColumns(currency: Currency): ListColumn<Movement>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'cause',
      header: t('money.cause'),
      main: true,
      width: 200,
      cell: (m) => causeOf(m.key, t) || <code>{m.key}</code>,
    },
    { id: 'at', header: t('money.at'), width: 144, cell: (m) => format.dateTime(m.at) },
    {
      id: 'amount',
      header: t('money.amount'),
      align: 'right',
      width: 128,
      cell: (m) => formatChange(m.amount, currency),
    },
    {
      id: 'balance',
      header: t('money.after'),
      align: 'right',
      width: 128,
      cell: (m) => formatAmount(m.balance, currency),
    },
    {
      id: 'reverses',
      header: t('money.back'),
      width: 96,
      cell: (m) => (m.reverses ? <StatusTag bare>{t('money.back.yes')}</StatusTag> : ''),
    },
    { id: 'rule', header: t('money.rule'), hidden: true, width: 112, cell: (m) => m.rule ?? '' },
    {
      id: 'recorded',
      header: t('money.recorded'),
      hidden: true,
      width: 144,
      cell: (m) => format.dateTime(m.recorded_at),
    },
  ]
}

interface ExportProps {
  slug: string
  account: string
  currency: Currency
  name: string
  onClose: () => void
}

/** Reads the whole history page by page and makes a file of it; how far it is stands there, and it can be stopped. */
function ExportHistory({ slug, account, currency, name, onClose }: ExportProps) {
  const { t } = useWords()
  const format = useFormat()
  const toast = useToast()
  const refusal = useProblem()
  const [rows, setRows] = useState<number>()
  const stop = useRef<AbortController>(undefined)
  const close = () => {
    stop.current?.abort()
    onClose()
  }
  const run = async () => {
    const control = new AbortController()
    stop.current = control
    setRows(0)
    const all = await refusal.guard(async () => {
      try {
        return await allPages<Movement>(
          (cursor, signal) => listMovements(slug, { account, currency, limit: 200, cursor }, signal),
          control.signal,
          setRows,
        )
      } catch (error) {
        if (control.signal.aborted) return null
        throw error
      }
    })
    if (all) {
      const head = [
        t('money.at'),
        t('money.recorded'),
        t('money.cause'),
        t('money.amount'),
        t('money.after'),
        t('money.rule'),
        t('money.entry'),
        t('money.reverses'),
      ]
      const lines = all.map((m) => [
        format.dateTime(m.at),
        format.dateTime(m.recorded_at),
        causeOf(m.key, t) || m.key,
        plainAmount(m.amount, currency),
        plainAmount(m.balance, currency),
        m.rule ?? '',
        m.entry,
        m.reverses ?? '',
      ])
      save(`${account.replaceAll(':', '-')}-${currency}.csv`, csvOf([head, ...lines]))
      toast.done(t('money.export.done', { count: all.length }))
      onClose()
    }
    setRows(undefined)
  }
  return (
    <Dialog open title={t('list.export.csv')} onClose={close}>
      <p>{t('money.export.what', { name })}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {rows !== undefined && <p aria-live="polite">{t('money.export.read', { count: rows })}</p>}
      <p className={page.actions}>
        <Button type="primary" loading={rows !== undefined} onClick={run}>
          {t('money.export.get')}
        </Button>
        <Button onClick={close}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
