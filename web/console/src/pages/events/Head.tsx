import { type ReactNode, useState } from 'react'
import { NavLink, useNavigate } from 'react-router'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useWords } from '~/i18n'
import { PageHeader, PageTabs } from '~/parts'
import { AddEvent } from './EventForm'

/** The head that list and month share. */
export function EventsHead({ children }: { children: (add: () => void) => ReactNode }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  const add = () => setAdding(true)
  return (
    <>
      <PageHeader
        title={t('frame.events')}
        question={t('frame.events.question')}
        actions={
          <MayButton action="event.write" type="primary" onClick={add}>
            {t('events.add')}
          </MayButton>
        }
      />
      <PageTabs label={t('frame.events')}>
        <NavLink end to={communityPath(slug, 'events')}>
          {t('events.list')}
        </NavLink>
        <NavLink to={communityPath(slug, 'events/month')}>{t('events.month')}</NavLink>
        <NavLink to={communityPath(slug, 'events/board')}>{t('events.board')}</NavLink>
        <NavLink to={communityPath(slug, 'events/lecturers')}>{t('events.lecturers')}</NavLink>
        <NavLink to={communityPath(slug, 'events/bank')}>{t('events.bank')}</NavLink>
      </PageTabs>
      {children(add)}
      {adding && (
        <AddEvent
          slug={slug}
          onClose={() => setAdding(false)}
          onDone={(id) => navigate(communityPath(slug, `events/${id}`))}
        />
      )}
    </>
  )
}
