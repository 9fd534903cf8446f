import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { communityPath, useCommunity } from '~/app/community'
import { type Action, useMay } from '~/app/may'
import { type Key, useWords } from '~/i18n'
import { PageHeader, PageTabs } from '~/parts'

/** In the order of a working day: what is sold, what waits to be sent, what came back, whom we owe. */
const tabs: [path: string, word: Key, needs?: Action][] = [
  ['', 'shop.products'],
  ['/ladder', 'shop.ladder', 'order.read'],
  ['/orders', 'shop.orders', 'order.read'],
  ['/groups', 'shop.groups'],
  ['/coupons', 'shop.coupons'],
  ['/shipments', 'shop.shipments'],
  ['/after-sale', 'shop.afterSale'],
  ['/suppliers', 'shop.suppliers', 'money.read'],
]

/** The head that all of the shop shares; who may not look somewhere isn't led there. */
export function ShopHead({ actions }: { actions?: ReactNode }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  return (
    <>
      <PageHeader title={t('frame.shop')} question={t('frame.shop.question')} actions={actions} />
      <PageTabs label={t('frame.shop')}>
        {tabs.map(
          ([path, word, needs]) =>
            (!needs || may(needs) === 'yes') && (
              <NavLink key={path} end={path === ''} to={communityPath(slug, `shop${path}`)}>
                {t(word)}
              </NavLink>
            ),
        )}
      </PageTabs>
    </>
  )
}
