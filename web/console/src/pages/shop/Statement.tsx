import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { readStatement, type SupplierStatement, shopChanged, shopKey } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { rule } from '~/lib/rule'
import { DataTable, Dialog, EmptyState, Figure, FigureRow, PageHeader, ProblemNotice } from '~/parts'
import { isMonth, monthAfter } from '../events/month'
import { formatChange, parseYuan, someAmount } from '../money/amounts'
import page from '../page.module.css'
import css from './Shop.module.css'
import { itemTitle } from './words'

type Line = Schemas['StatementLine']

/** A supplier's month: what was sent and is owed for it, what was paid, what stands open; each line leads to its entry. */
export function Statement() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const format = useFormat()
  const { name = '' } = useParams()
  const [params, setParams] = useSearchParams()
  const [paying, setPaying] = useState(false)
  const present = format.date(Date.now()).slice(0, 7)
  const asked = params.get('month') ?? ''
  const month = isMonth(asked) ? asked : present
  const query = useInfiniteQuery({
    queryKey: [...shopKey(slug), 'statement', name, month],
    queryFn: ({ pageParam, signal }): Promise<SupplierStatement> =>
      readStatement(slug, name, { month, limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next || undefined,
  })
  const first = query.data?.pages[0]
  const rows = query.data?.pages.flatMap((p) => p.items ?? []) ?? []
  const go = (to: string) => setParams(to === present ? {} : { month: to })
  return (
    <>
      <PageHeader
        title={name}
        crumbs={[
          { label: t('frame.shop'), to: communityPath(slug, 'shop') },
          { label: t('shop.suppliers'), to: communityPath(slug, 'shop/suppliers') },
        ]}
        actions={
          <MayButton action="money.pay" type="primary" onClick={() => setPaying(true)}>
            {t('shop.pay')}
          </MayButton>
        }
      />
      <div className={css.month}>
        <Button
          icon={<ChevronLeft size={14} />}
          aria-label={t('shop.month.before')}
          onClick={() => go(monthAfter(month, -1))}
        />
        <strong>{month}</strong>
        <Button
          icon={<ChevronRight size={14} />}
          aria-label={t('shop.month.after')}
          disabled={month >= present}
          onClick={() => go(monthAfter(month, 1))}
        />
      </div>
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.isPending && <p className={page.soft}>{t('common.loading')}</p>}
      {first && (
        <>
          <FigureRow>
            <Figure kind="money" label={t('shop.statement.opening')} value={first.opening} />
            <Figure kind="money" label={t('shop.statement.cost')} value={first.cost} />
            <Figure kind="money" label={t('shop.statement.paid')} value={first.paid} />
            <Figure kind="money" label={t('shop.statement.closing')} value={first.closing} waits={first.closing > 0} />
          </FigureRow>
          {rows.length === 0 && <EmptyState title={t('shop.statement.empty')} body={t('shop.statement.empty.body')} />}
          {rows.length > 0 && <Lines slug={slug} month={month} rows={rows} />}
          {query.hasNextPage && (
            <p className={page.actions}>
              <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t('shop.statement.more')}
              </Button>
            </p>
          )}
        </>
      )}
      {paying && <Pay slug={slug} name={name} owed={first?.closing ?? 0} onClose={() => setPaying(false)} />}
    </>
  )
}

function Lines({ slug, month, rows }: { slug: string; month: string; rows: Line[] }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  return (
    <div className={page.list}>
      <DataTable<Line>
        label={t('shop.statement.lines', { month })}
        rows={rows}
        rowId={(line) => `${line.entry} ${line.balance}`}
        columns={[
          { id: 'at', header: t('shop.at'), main: true, cell: (line) => format.dateTime(line.at) },
          {
            id: 'what',
            header: t('shop.statement.what'),
            cell: (line) =>
              line.item?.order ? (
                <Link className={css.lead} to={communityPath(slug, `money/orders/${line.item.order}`)}>
                  {itemTitle(line.item, text)}
                </Link>
              ) : (
                [t('shop.statement.payment'), line.ref].filter(Boolean).join(' · ')
              ),
          },
          {
            id: 'amount',
            header: t('money.amount'),
            align: 'right',
            cell: (line) => (
              <Link className={css.lead} to={communityPath(slug, `money/entries/${line.entry}`)}>
                {formatChange(line.amount, 'CNY')}
              </Link>
            ),
          },
          {
            id: 'balance',
            header: t('shop.statement.balance'),
            align: 'right',
            cell: (line) => format.money(line.balance),
          },
        ]}
      />
    </div>
  )
}

interface PayProps {
  slug: string
  name: string
  owed: number
  onClose: () => void
}

/** Writes down that a supplier was paid outside of the program; the books have it from then on. */
function Pay({ slug, name, owed, onClose }: PayProps) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<{ amount: string; ref?: string }>()
  const pay = useCommand((body: Schemas['SupplierPayRequest'], headers) =>
    call<Schemas['GoodsStatement']>(
      api.POST('/api/v1/communities/{community}/suppliers/{name}/payments', {
        params: { path: { community: slug, name } },
        headers,
        body,
      }),
    ),
  )
  const send = async (v: { amount: string; ref?: string }) => {
    const body = { amount: parseYuan(v.amount) ?? 0, ref: v.ref?.trim() || undefined }
    const done = await refusal.guard(() => pay.mutateAsync(body), form)
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t('shop.pay.done'))
    onClose()
  }
  return (
    <Dialog open title={t('shop.pay')} onClose={onClose}>
      <p className={page.soft}>{t('shop.pay.what', { name, amount: format.money(owed) })}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={send}>
        <Form.Item name="amount" label={t('shop.pay.amount')} rules={[rule(t('money.amount.wrong'), someAmount)]}>
          <Input inputMode="decimal" prefix="¥" autoComplete="off" />
        </Form.Item>
        <Form.Item name="ref" label={t('shop.pay.ref')}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={pay.isPending}>
            {t('shop.pay')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
