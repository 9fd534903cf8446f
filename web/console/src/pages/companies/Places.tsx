import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { type Company, companyChanged, companyKey, freePlace, listPlaces, type PlaceRow } from '~/api/companies'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { MayButton } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useCopy, useNow } from '~/lib/hooks'
import { DeadlineText, Dialog, ProblemNotice, StatusTag } from '~/parts'
import { Holder } from '../events/Holder'
import { Sure } from '../growth/Sure'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import css from './Companies.module.css'
import { endOf, placeState, placeTones } from './company'
import { More } from './More'
import { useName } from './useName'
import { useRows } from './useRows'

/** Places for colleagues: who has one, which invitations are out, and what became of the rest. */
export function Places({ slug, company }: { slug: string; company: Company }) {
  const { t } = useWords()
  const [inviting, setInviting] = useState(false)
  const [looking, setLooking] = useState(false)
  const key = [...companyKey(slug, company.id), 'places']
  const standing = useRows<PlaceRow>([...key, 'standing'], (query, signal) =>
    listPlaces(slug, company.id, { ...query, which: 'standing' }, signal),
  )
  const over = useRows<PlaceRow>(
    [...key, 'over'],
    (query, signal) => listPlaces(slug, company.id, { ...query, which: 'over' }, signal),
    { enabled: looking },
  )
  const { places, taken, room } = company.places
  return (
    <Section
      title={t('companies.places')}
      more={
        room > 0 && (
          <MayButton action="people.write" size="small" onClick={() => setInviting(true)}>
            {t('companies.invite')}
          </MayButton>
        )
      }
    >
      {standing.error && <ProblemNotice problem={asProblem(standing.error)} onRetry={() => standing.refetch()} />}
      {standing.isPending && <p className={page.none}>{t('common.loading')}</p>}
      {standing.data && (
        <Rows none={t(places > 0 ? 'companies.places.empty' : 'companies.places.none.note')}>
          {standing.rows.map((place) => (
            <One key={place.id} slug={slug} place={place} />
          ))}
        </Rows>
      )}
      <More query={standing} />
      {places > 0 && room === 0 && (
        <p className={page.note}>{t(taken >= places ? 'companies.places.full' : 'companies.places.out')}</p>
      )}
      <details onToggle={(e) => setLooking(e.currentTarget.open)}>
        <summary className={page.note}>{t('companies.places.before')}</summary>
        {over.error && <ProblemNotice problem={asProblem(over.error)} onRetry={() => over.refetch()} />}
        {over.data && (
          <Rows none={t('companies.places.before.none')}>
            {over.rows.map((place) => (
              <One key={place.id} slug={slug} place={place} />
            ))}
          </Rows>
        )}
        <More query={over} />
      </details>
      {inviting && <Invite slug={slug} company={company} onClose={() => setInviting(false)} />}
    </Section>
  )
}

function One({ slug, place }: { slug: string; place: PlaceRow }) {
  const { t } = useWords()
  const format = useFormat()
  const now = useNow()
  const client = useQueryClient()
  const state = placeState(place, now)
  const name = useName(slug, place.person, place.nickname)
  const stands = state === 'taken' || state === 'invited'
  const run = async () => {
    await freePlace(slug, place.id)
    await companyChanged(client, slug)
  }
  const when = () => {
    if (state === 'taken')
      return t('companies.place.since', { at: format.dateTime(place.taken_at ?? place.invited_at) })
    if (state === 'ended')
      return [endOf(place.why, t), place.ended_at && format.dateTime(place.ended_at)].filter(Boolean).join(' · ')
    return t('companies.place.invited', { at: format.dateTime(place.invited_at) })
  }
  return (
    <Row>
      <span>
        <span className={css.plan}>
          {place.person ? (
            <Holder slug={slug} person={place.person} name={place.nickname} />
          ) : (
            <span className={page.soft}>{t('companies.place.nobody')}</span>
          )}
          <StatusTag bare tone={placeTones[state]}>
            {t(`companies.place.${state}.tag`)}
          </StatusTag>
        </span>
        <br />
        <span className={page.note}>
          {when()}
          {state === 'invited' && (
            <>
              {' · '}
              <DeadlineText at={place.expires_at} />
            </>
          )}
        </span>
      </span>
      {stands && (
        <span className={css.acts}>
          <Sure
            inline
            action="people.write"
            label={t(state === 'taken' ? 'companies.place.free' : 'companies.place.withdraw')}
            what={state === 'taken' ? t('companies.place.free.what', { name }) : t('companies.place.withdraw.what')}
            run={run}
          />
        </span>
      )}
    </Row>
  )
}

/** Makes a link for a colleague. It is shown this once: afterwards only the contact sees it, on their phone. */
function Invite({ slug, company, onClose }: { slug: string; company: Company; onClose: () => void }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const { copied, copy } = useCopy()
  const [made, setMade] = useState<Schemas['PlaceLink']>()
  const invite = useCommand((id: string, headers) =>
    call<Schemas['PlaceLink']>(
      api.POST('/api/v1/communities/{community}/organisations/{id}/places', {
        params: { path: { community: slug, id } },
        headers,
      }),
    ),
  )
  const send = async () => {
    const done = await refusal.guard(() => invite.mutateAsync(company.id))
    await companyChanged(client, slug)
    if (done) setMade(done)
  }
  return (
    <Dialog open title={t('companies.invite')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {made ? (
        <>
          <p>{t('companies.invite.made', { at: format.dateTime(made.expires_at) })}</p>
          <p className={css.link}>
            <code>{made.url}</code>
            <Button
              type="primary"
              icon={copied ? <Check size={14} /> : <Copy size={14} />}
              onClick={() => void copy(made.url)}
            >
              {t(copied ? 'common.copied' : 'companies.invite.copy')}
            </Button>
          </p>
          <p className={page.actions}>
            <Button onClick={onClose}>{t('common.close')}</Button>
          </p>
        </>
      ) : (
        <>
          <p>{t('companies.invite.what', { room: company.places.room })}</p>
          <p className={page.actions}>
            <Button type="primary" loading={invite.isPending} onClick={send}>
              {t('companies.invite.make')}
            </Button>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
          </p>
        </>
      )}
    </Dialog>
  )
}
