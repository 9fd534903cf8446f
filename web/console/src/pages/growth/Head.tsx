import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { communityPath, useCommunity } from '~/app/community'
import { type Action, useMay } from '~/app/may'
import { type Key, useWords } from '~/i18n'
import { PageHeader, PageTabs } from '~/parts'

/** What is earned by bringing people, then what is done that more of them come. */
const tabs: [path: string, word: Key, needs: Action][] = [
  ['', 'growth.overview', 'money.read'],
  ['/rewards', 'growth.rewards', 'money.read'],
  ['/launches', 'launches.title', 'growth.read'],
  ['/placements', 'placements.title', 'intake.read'],
  ['/proofs', 'proofs.title', 'growth.read'],
  ['/posts', 'posts.title', 'intake.read'],
]

/** The head that all of growth shares; who may not look somewhere isn't led there. */
export function GrowthHead({ actions }: { actions?: ReactNode }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  return (
    <>
      <PageHeader title={t('frame.growth')} question={t('frame.growth.question')} actions={actions} />
      <PageTabs label={t('frame.growth')}>
        {tabs.map(
          ([path, word, needs]) =>
            may(needs) !== 'no' && (
              <NavLink key={path} end={path === ''} to={communityPath(slug, `growth${path}`)}>
                {t(word)}
              </NavLink>
            ),
        )}
      </PageTabs>
    </>
  )
}
