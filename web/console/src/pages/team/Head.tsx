import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { EmptyState, PageHeader, PageTabs, ProblemNotice } from '~/parts'
import { type Team, useTeam } from './useTeam'

interface Props {
  actions?: ReactNode
  children: (team: Team) => ReactNode
}

/** The head that the pages of the team share. Where no department is declared it says how to begin. */
export function TeamHead({ actions, children }: Props) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  const team = useTeam(slug)
  const { data, query } = team
  const none = data && team.departments.length === 0
  return (
    <>
      <PageHeader title={t('frame.team')} question={t('frame.team.question')} actions={none ? undefined : actions} />
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {none && (
        <EmptyState
          title={t('team.none')}
          body={t('team.none.body')}
          step={{ label: t('members.toPlaybook'), to: communityPath(slug, 'settings/playbook') }}
          also={[{ label: t('settings.staff'), to: communityPath(slug, 'settings/staff') }]}
        />
      )}
      {data && !none && (
        <>
          <PageTabs label={t('frame.team')}>
            <NavLink end to={communityPath(slug, 'team')}>
              {t('team.departments')}
            </NavLink>
            <NavLink to={communityPath(slug, 'team/contacts')}>{t('team.contacts')}</NavLink>
            <NavLink to={communityPath(slug, 'team/race')}>{t('team.race')}</NavLink>
            {may('order.read') === 'yes' && (
              <NavLink to={communityPath(slug, 'team/credits')}>{t('team.credits')}</NavLink>
            )}
            <NavLink to={communityPath(slug, 'team/statements')}>{t('team.statements')}</NavLink>
          </PageTabs>
          {children(team)}
        </>
      )}
    </>
  )
}
