import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { communityPath, useCommunity } from '~/app/community'
import { useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { PageHeader, PageTabs } from '~/parts'

/** The head that the books, the orders, the payouts and the bills share; who may not look into the books isn't led there. */
export function MoneyHead({ actions }: { actions?: ReactNode }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  return (
    <>
      <PageHeader title={t('frame.money')} question={t('frame.money.question')} actions={actions} />
      <PageTabs label={t('frame.money')}>
        {may('money.read') === 'yes' && (
          <NavLink end to={communityPath(slug, 'money')}>
            {t('money.books')}
          </NavLink>
        )}
        <NavLink to={communityPath(slug, 'money/orders')}>{t('money.orders')}</NavLink>
        {may('money.read') === 'yes' && (
          <NavLink to={communityPath(slug, 'money/payouts')}>{t('payouts.title')}</NavLink>
        )}
        {may('money.read') === 'yes' && <NavLink to={communityPath(slug, 'money/bills')}>{t('bills.title')}</NavLink>}
      </PageTabs>
    </>
  )
}
