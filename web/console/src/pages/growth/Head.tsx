import { NavLink } from 'react-router'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { PageHeader, PageTabs } from '~/parts'

/** The head that the overview and the rewards share. */
export function GrowthHead() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  return (
    <>
      <PageHeader title={t('frame.growth')} question={t('frame.growth.question')} />
      <PageTabs label={t('frame.growth')}>
        <NavLink end to={communityPath(slug, 'growth')}>
          {t('growth.overview')}
        </NavLink>
        <NavLink to={communityPath(slug, 'growth/rewards')}>{t('growth.rewards')}</NavLink>
      </PageTabs>
    </>
  )
}
