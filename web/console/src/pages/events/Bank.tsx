import { useNavigate } from 'react-router'
import { communityPath, useCommunity } from '~/app/community'
import page from '../page.module.css'
import { Asked } from './Asked'
import { Guests } from './Guests'
import { EventsHead } from './Head'
import { Slots } from './Slots'
import { Topics } from './Topics'

/** Whom do I ask for the next empty time, and about what? When, about what, and whom, in this order. */
export function Bank() {
  const slug = useCommunity()?.slug ?? ''
  const navigate = useNavigate()
  return (
    <EventsHead>
      {() => (
        <>
          <div className={page.columns}>
            <Slots slug={slug} onDone={(id) => navigate(communityPath(slug, `events/${id}/production`))} />
            <div>
              <Topics slug={slug} />
              <Asked slug={slug} />
            </div>
          </div>
          <Guests slug={slug} />
        </>
      )}
    </EventsHead>
  )
}
