import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { type BookEntry, bookEntryQuery, type LedgerEntry, type LedgerLine, namesQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { type Key, type Translate, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, Facts, PageHeader, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { accountName, billOf, causeOf, historyTo, orderOf, ownerOf } from './accounts'
import { formatAmount, formatChange } from './amounts'
import css from './Money.module.css'
import { Who } from './Who'

/** One entry of the books: its lines, what happened that made it, and what takes it back. */
export function Entry() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(bookEntryQuery(slug, id))
  const crumbs = [{ label: t('frame.money'), to: communityPath(slug, 'money') }]
  if (query.error)
    return (
      <>
        <PageHeader title={t('money.entry')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />
      </>
    )
  if (!query.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return <Shown book={query.data} slug={slug} crumbs={crumbs} />
}

/** A kind of fact in words; '' for one that this console has none for. */
function factName(kind: string | undefined, t: Translate): string {
  const key = `facts.${kind}`
  const words = kind ? t(key as Key) : key
  return words === key ? '' : words
}

function Shown({ book, slug, crumbs }: { book: BookEntry; slug: string; crumbs: { label: string; to: string }[] }) {
  const { t } = useWords()
  const format = useFormat()
  const { entry, fact } = book
  const order = orderOf(book)
  const bill = billOf(book)
  const owners = (entry.lines ?? []).flatMap((line) => ownerOf(line.account) ?? [])
  const names = useQuery(namesQuery(slug, fact?.person ? [...owners, fact.person] : owners))
  const cause = factName(fact?.kind, t)
  return (
    <>
      <PageHeader
        title={causeOf(entry.key, t) || cause || t('money.entry')}
        crumbs={crumbs}
        meta={<span className={page.note}>{format.dateTime(entry.recorded_at)}</span>}
      />
      <div className={page.split}>
        <Section title={t('money.lines')}>
          <DataTable
            label={t('money.lines')}
            rows={entry.lines ?? []}
            rowId={(line) => `${line.account} ${line.currency}`}
            columns={[
              {
                id: 'account',
                header: t('money.account'),
                main: true,
                cell: (line) => (
                  <Link to={communityPath(slug, historyTo(line.account, line.currency))}>
                    {accountName(line.account, t)}
                  </Link>
                ),
              },
              ...(owners.length > 0
                ? [
                    {
                      id: 'owner',
                      header: t('money.owner'),
                      cell: (line: LedgerLine) => {
                        const owner = ownerOf(line.account)
                        return owner ? <Who slug={slug} person={names.data?.get(owner)} /> : ''
                      },
                    },
                  ]
                : []),
              {
                id: 'amount',
                header: t('money.amount'),
                align: 'right',
                cell: (line) => formatChange(line.amount, line.currency),
              },
            ]}
          />
          <p className={page.note}>{t('money.signs')}</p>
        </Section>
        <div>
          <Section title={t('money.why')}>
            <Facts
              facts={[
                {
                  label: t('money.fact'),
                  value: cause || (!fact && causeOf(entry.key, t)) || <code>{fact?.kind ?? entry.fact}</code>,
                  note: fact && format.dateTime(fact.at),
                },
                ...(order
                  ? [
                      {
                        label: t('money.order'),
                        value: <Link to={communityPath(slug, `money/orders/${order}`)}>{t('money.order.open')}</Link>,
                      },
                    ]
                  : []),
                ...(bill
                  ? [
                      {
                        label: t('bills.bill'),
                        value: <Link to={communityPath(slug, `money/bills/${bill}`)}>{t('bills.open')}</Link>,
                      },
                    ]
                  : []),
                ...(fact?.person
                  ? [{ label: t('money.person'), value: <Who slug={slug} person={names.data?.get(fact.person)} /> }]
                  : []),
                ...(entry.reverses
                  ? [
                      {
                        label: t('money.reverses'),
                        value: (
                          <Link to={communityPath(slug, `money/entries/${entry.reverses}`)}>
                            {t('money.reverses.open')}
                          </Link>
                        ),
                      },
                    ]
                  : []),
                ...(entry.at ? [{ label: t('money.at'), value: format.dateTime(entry.at) }] : []),
                ...(entry.rule ? [{ label: t('money.rule'), value: <code>{entry.rule}</code> }] : []),
                {
                  label: t('money.key'),
                  value: <code className={css.key}>{entry.key}</code>,
                  note: t('money.key.note'),
                },
                { label: t('money.hash'), value: <code className={css.key}>{entry.hash}</code> },
              ]}
            />
          </Section>
          <Section title={t('money.reversed')}>
            <Rows none={t('money.reversed.none')}>
              {(book.reversed ?? []).map((other) => (
                <Row key={other.id}>
                  <Link to={communityPath(slug, `money/entries/${other.id}`)}>
                    {causeOf(other.key, t) || other.key}
                  </Link>
                  <span className={page.aside}>
                    {taken(other)} {format.dateTime(other.recorded_at)}
                  </span>
                </Row>
              ))}
            </Rows>
          </Section>
        </div>
      </div>
    </>
  )
}

/** How much an entry moves: what comes on in it, by currency. */
function taken(entry: LedgerEntry): string {
  const sums = new Map<string, number>()
  for (const line of entry.lines ?? []) {
    if (line.amount > 0) sums.set(line.currency, (sums.get(line.currency) ?? 0) + line.amount)
  }
  return [...sums].map(([currency, amount]) => formatAmount(amount, currency)).join(' · ')
}
