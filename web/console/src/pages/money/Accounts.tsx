import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { type AccountBalance, moneyKey, type Named, namesOf } from '~/api/money'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { type ListColumn, ListPage, type ListRequest, type ListSource, PageHeader } from '~/parts'
import page from '../page.module.css'
import { accountName, historyTo, kindName, ownerOf } from './accounts'
import { formatAmount } from './amounts'
import { useWho, Who } from './Who'

type Row = AccountBalance & { owner?: Named }

/** The accounts of a kind that people have, each with whose it is. */
export function Accounts() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const prefix = useSearchParams()[0].get('prefix') ?? ''
  const who = useWho()
  const columns = useColumns(slug)
  const source = useMemo<ListSource<Row>>(
    () => ({
      key: [...moneyKey(slug), 'accounts', prefix],
      load: (request, signal) => load(slug, prefix, request, signal),
    }),
    [slug, prefix],
  )
  return (
    <>
      <PageHeader
        title={kindName(prefix, t)}
        crumbs={[{ label: t('frame.money'), to: communityPath(slug, 'money') }]}
      />
      <div className={page.list}>
        <ListPage<Row>
          id="accounts"
          unit={(count) => t('money.accounts.unit', { count })}
          columns={columns}
          source={source}
          rowId={(row) => `${row.account} ${row.currency}`}
          rowName={(row) => who(row.owner) || row.account}
          rowTo={(row) => communityPath(slug, historyTo(row.account, row.currency))}
          empty={{ title: t('money.accounts.none') }}
        />
      </div>
    </>
  )
}

async function load(community: string, prefix: string, request: ListRequest, signal: AbortSignal) {
  const { limit, cursor } = request
  const answer = await call<Schemas['PageOfLedgerAccountBalance']>(
    api.GET('/api/v1/communities/{community}/books/accounts', {
      params: { path: { community }, query: { prefix, limit, cursor } },
      signal,
    }),
  )
  const items = answer.items ?? []
  const owners = items.flatMap((row) => ownerOf(row.account) ?? [])
  const names = await namesOf(community, owners, signal)
  return { items: items.map((row) => ({ ...row, owner: names.get(ownerOf(row.account) ?? '') })), next: answer.next }
}

function useColumns(slug: string): ListColumn<Row>[] {
  const { t } = useWords()
  const who = useWho()
  return [
    {
      id: 'account',
      header: t('money.account'),
      main: true,
      width: 200,
      cell: (row) => {
        if (row.owner) return t('money.account.of', { name: who(row.owner) })
        const owner = ownerOf(row.account)
        return owner ? `${accountName(row.account, t)} · ${owner}` : accountName(row.account, t)
      },
    },
    {
      id: 'balance',
      header: t('money.balance'),
      align: 'right',
      width: 128,
      cell: (row) => formatAmount(row.balance, row.currency),
    },
    { id: 'owner', header: t('money.owner'), width: 160, cell: (row) => <Who slug={slug} person={row.owner} /> },
  ]
}
