import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import { useCommand } from '~/api/queries'
import { type Coupon, listCoupons, shopChanged, shopKey } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Key, type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { type ListColumn, ListPage, type ListSource, ProblemLine, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import { CouponForm } from './CouponForm'
import { phaseOf } from './coupon'
import { ShopHead } from './Head'
import css from './Shop.module.css'
import { offOf } from './words'

const tones: Record<string, Tone> = { on: 'good', soon: 'plain', usedUp: 'wait', over: 'done', retired: 'done' }

/** What is taken off, how often it was, and how often it still can be. */
export function Coupons() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const [editing, setEditing] = useState<Coupon | 'new'>()
  const columns = useColumns(slug, setEditing)
  const source = useMemo<ListSource<Coupon>>(
    () => ({
      key: [...shopKey(slug), 'coupons'],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listCoupons(slug, { limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  const add = () => setEditing('new')
  return (
    <>
      <ShopHead
        actions={
          <MayButton action="shop.write" type="primary" onClick={add}>
            {t('shop.coupon.add')}
          </MayButton>
        }
      />
      <div className={page.list}>
        <ListPage<Coupon>
          id="coupons"
          unit={(count) => t('shop.coupons.unit', { count })}
          columns={columns}
          source={source}
          rowId={(c) => c.code}
          rowName={(c) => c.code}
          empty={{
            title: t('shop.coupons.empty'),
            body: t('shop.coupons.empty.body'),
            step: { label: t('shop.coupon.add'), onClick: add },
          }}
        />
      </div>
      {editing && (
        <CouponForm slug={slug} was={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </>
  )
}

function useColumns(slug: string, edit: (coupon: Coupon) => void): ListColumn<Coupon>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const now = useNow()
  const window = (c: Coupon) =>
    [c.opens && format.dateTime(c.opens), c.closes && format.dateTime(c.closes)].map((x) => x || '').join(' – ')
  return [
    { id: 'code', header: t('shop.coupon'), main: true, width: 128, cell: (c) => <code>{c.code}</code> },
    { id: 'title', header: t('shop.title'), width: 160, cell: (c) => text((c.title ?? {}) as Text) },
    { id: 'off', header: t('shop.coupon.off'), align: 'right', width: 112, cell: (c) => offOf(c, t, format) },
    {
      id: 'min',
      header: t('shop.coupon.min'),
      align: 'right',
      width: 112,
      cell: (c) => (c.min ? format.money(c.min) : ''),
    },
    {
      id: 'used',
      header: t('shop.coupon.used'),
      align: 'right',
      width: 112,
      cell: (c) => (
        <>
          {c.used === 0 ? (
            '0'
          ) : (
            <Link className={css.lead} to={communityPath(slug, `shop/orders?f.coupon=${c.code}`)}>
              {format.count(c.used)}
            </Link>
          )}
          {c.quota ? ` / ${format.count(c.quota)}` : ''}
        </>
      ),
    },
    { id: 'kept', header: t('shop.coupon.kept'), align: 'right', width: 88, cell: (c) => format.count(c.kept) },
    { id: 'window', header: t('shop.coupon.window'), width: 264, cell: (c) => (c.opens || c.closes ? window(c) : '') },
    {
      id: 'state',
      header: t('people.state'),
      width: 96,
      cell: (c) => {
        const phase = phaseOf(c, now)
        return (
          <StatusTag bare tone={tones[phase] ?? 'plain'}>
            {t(`shop.coupon.${phase}` as Key)}
          </StatusTag>
        )
      },
    },
    { id: 'act', header: t('shop.act'), width: 144, cell: (c) => <Acts slug={slug} coupon={c} edit={edit} /> },
  ]
}

function Acts({ slug, coupon, edit }: { slug: string; coupon: Coupon; edit: (coupon: Coupon) => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const retire = useCommand((retired: boolean, headers) =>
    call<Coupon>(
      api.POST('/api/v1/communities/{community}/coupons/{name}/retire', {
        params: { path: { community: slug, name: coupon.code } },
        headers,
        body: { retired },
      }),
    ),
  )
  const run = async () => {
    if (!(await refusal.guard(() => retire.mutateAsync(!coupon.retired)))) return
    await shopChanged(client, slug)
    toast.done(t(coupon.retired ? 'shop.coupon.resume.done' : 'shop.coupon.stop.done'))
  }
  return (
    <span className={css.acts}>
      <MayButton action="shop.write" type="link" className={page.inline} onClick={() => edit(coupon)}>
        {t('shop.edit')}
      </MayButton>
      <MayButton action="shop.write" type="link" className={page.inline} loading={retire.isPending} onClick={run}>
        {t(coupon.retired ? 'shop.coupon.resume' : 'shop.coupon.stop')}
      </MayButton>
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
    </span>
  )
}
