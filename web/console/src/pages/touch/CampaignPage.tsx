import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { type Campaign, campaignQuery, lookQuery, moving } from '~/api/campaigns'
import { api, call } from '~/api/client'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { type Language, languageNames, languages } from '~/i18n/catalogue'
import { useFormat } from '~/i18n/format'
import { ButtonLink, Dialog, Facts, Figure, FigureRow, PageHeader, ProblemNotice } from '~/parts'
import { Row, Rows, Section } from '../Section'
import { Letter } from './Message'
import { Messages } from './Messages'
import { CampaignState } from './State'
import css from './Touch.module.css'
import { Trial } from './Trial'
import { channelName, purposeName, reasonName } from './words'

type Asked = 'start' | 'stop' | 'test' | undefined

/** One campaign: what it says and to whom, where it stands, what came of it, and the messages behind each number. */
export function CampaignPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(campaignQuery(slug, id))
  const crumbs = [{ label: t('frame.touch'), to: communityPath(slug, 'touch') }]
  const c = query.data
  if (query.error && !c)
    return (
      <>
        <PageHeader title={t('frame.touch')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />
      </>
    )
  if (!c) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return <Shown c={c} slug={slug} crumbs={crumbs} />
}

function Shown({ c, slug, crumbs }: { c: Campaign; slug: string; crumbs: { label: string; to: string }[] }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const may = useMay()
  const [asked, setAsked] = useState<Asked>()
  const [busy, setBusy] = useState(false)
  const path = { community: slug, id: c.id }
  const act = async (run: () => Promise<Campaign>) => {
    setBusy(true)
    const next = await refusal.guard(run)
    setBusy(false)
    if (next) client.setQueryData(campaignQuery(slug, c.id).queryKey, next)
    setAsked(undefined)
    await client.invalidateQueries({ queryKey: ['campaigns', slug] })
    await client.invalidateQueries({ queryKey: ['campaign', slug, c.id] })
  }
  const approve = () =>
    act(() =>
      call(
        api.POST('/api/v1/communities/{community}/campaigns/{id}/approve', {
          params: { path },
          body: { version: c.version },
        }),
      ),
    )
  const start = () =>
    act(() => call(api.POST('/api/v1/communities/{community}/campaigns/{id}/start', { params: { path } })))
  const stop = () =>
    act(() => call(api.POST('/api/v1/communities/{community}/campaigns/{id}/stop', { params: { path } })))
  const begun = c.state !== 'draft' && c.state !== 'approved'
  const waiting = c.results.queued + c.results.leaving
  return (
    <>
      <PageHeader
        title={c.name}
        crumbs={crumbs}
        meta={<CampaignState state={c.state} />}
        actions={
          <>
            {c.state === 'draft' && may('touch.send') === 'yes' && (
              <ButtonLink quiet to={communityPath(slug, `touch/${c.id}/edit`)}>
                {t('touch.edit')}
              </ButtonLink>
            )}
            {c.state !== 'stopped' && (
              <MayButton action="touch.send" onClick={() => setAsked('test')}>
                {t('touch.test')}
              </MayButton>
            )}
            {c.state === 'draft' && (
              <MayButton action="touch.send" type="primary" loading={busy} onClick={approve}>
                {t('touch.approve')}
              </MayButton>
            )}
            {(c.state === 'approved' || moving(c)) && (
              <MayButton action="touch.send" danger onClick={() => setAsked('stop')}>
                {t('touch.stop')}
              </MayButton>
            )}
            {c.state === 'approved' && (
              <MayButton action="touch.send" type="primary" onClick={() => setAsked('start')}>
                {t('touch.go')}
              </MayButton>
            )}
          </>
        }
      />
      {refusal.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={refusal.problem} focus onClose={refusal.clear} />
        </div>
      )}
      {c.state === 'draft' && <p className={css.next}>{t('touch.next.draft')}</p>}
      {c.state === 'approved' && <p className={css.next}>{t('touch.next.approved')}</p>}
      {begun && <Results c={c} slug={slug} />}
      <div className={css.two}>
        <Section title={t('touch.message')}>
          <Said c={c} />
        </Section>
        <Section title={t('touch.facts')}>
          <About c={c} />
        </Section>
      </div>
      {begun && <Messages c={c} slug={slug} />}
      <Dialog open={asked === 'start'} title={t('touch.go')} onClose={() => setAsked(undefined)}>
        <Before c={c} slug={slug} />
        <p className={css.actions}>
          <Button type="primary" loading={busy} onClick={start}>
            {t('touch.go')}
          </Button>
          <Button onClick={() => setAsked(undefined)}>{t('common.cancel')}</Button>
        </p>
      </Dialog>
      <Dialog open={asked === 'stop'} title={t('touch.stop')} onClose={() => setAsked(undefined)}>
        <p>{t('touch.stop.what', { waiting, sent: c.results.sent })}</p>
        <p className={css.actions}>
          <Button danger type="primary" loading={busy} onClick={stop}>
            {t('touch.stop')}
          </Button>
          <Button onClick={() => setAsked(undefined)}>{t('common.cancel')}</Button>
        </p>
      </Dialog>
      {asked === 'test' && <Trial c={c} slug={slug} onClose={() => setAsked(undefined)} />}
    </>
  )
}

/** What would happen, said once more before it does. */
function Before({ c, slug }: { c: Campaign; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const asked = useQuery(
    lookQuery(slug, {
      rule: c.rule,
      purpose: c.message.purpose,
      channel: c.channel || undefined,
      starts_at: c.starts_at,
      not_after: c.not_after,
    }),
  )
  if (asked.error) return <ProblemNotice problem={asProblem(asked.error)} onRetry={() => asked.refetch()} />
  if (!asked.data) return <p>{t('common.loading')}</p>
  const { count, forecast: f } = asked.data
  return (
    <p>
      {t('touch.go.what', { count: `${format.count(count.n)}${count.more ? '+' : ''}` })}{' '}
      {f.looked > 0 &&
        (f.whole
          ? t('touch.go.whole', { out: f.now + f.later, held: f.held })
          : t('touch.go.sample', { of: f.looked, out: f.now + f.later, held: f.held }))}
    </p>
  )
}

function Results({ c, slug }: { c: Campaign; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const r = c.results
  const to = (state: string) => communityPath(slug, `touch/${c.id}?state=${state}`)
  const unit = (count: number) => t('people.unit', { count })
  const reasons = Object.entries(r.reasons ?? {})
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1])
  return (
    <>
      <FigureRow>
        <Figure
          label={t('touch.total')}
          value={c.total}
          unit={unit}
          to={communityPath(slug, `touch/${c.id}`)}
          note={r.held_out > 0 ? t('touch.heldOut', { count: r.held_out }) : undefined}
        />
        <Figure kind="rate" label={t('touch.sent')} value={r.sent} of={c.total} unit={unit} to={to('sent')} />
        <Figure kind="rate" label={t('touch.opened')} value={r.opened} of={r.sent} unit={unit} />
        <Figure kind="rate" label={t('touch.clicked')} value={r.clicked} of={r.sent} unit={unit} />
        <Figure kind="rate" label={t('touch.held')} value={r.held} of={c.total} unit={unit} to={to('held')} />
        <Figure
          kind="rate"
          label={t('touch.failed')}
          value={r.failed + r.unknown}
          of={c.total}
          unit={unit}
          to={to('failed')}
          waits={r.failed + r.unknown > 0}
        />
        {r.queued + r.leaving > 0 && (
          <Figure label={t('touch.waiting')} value={r.queued + r.leaving} unit={unit} to={to('queued')} waits />
        )}
      </FigureRow>
      {reasons.length > 0 && (
        <Section title={t('touch.reasons')}>
          <Rows none="">
            {reasons.map(([reason, n]) => (
              <Row key={reason}>
                <Link to={communityPath(slug, `touch/${c.id}?reason=${reason}`)}>{reasonName(reason, t)}</Link>
                <span>
                  {format.count(n)}{' '}
                  <span className={css.soft}>
                    {t('touch.share', { rate: format.rate(n, c.total), of: format.count(c.total) })}
                  </span>
                </span>
              </Row>
            ))}
          </Rows>
        </Section>
      )}
    </>
  )
}

function Said({ c }: { c: Campaign }) {
  const { t, language } = useWords()
  const [shown, setShown] = useState<Language>(language)
  const written = languages.filter((l) => c.message.body[l])
  return (
    <>
      {written.length > 1 && (
        <p className={css.tabs} role="group" aria-label={t('touch.languages')}>
          {written.map((l) => (
            <button key={l} type="button" aria-pressed={l === shown} onClick={() => setShown(l)}>
              {languageNames[l]}
            </button>
          ))}
        </p>
      )}
      <Letter
        subject={c.message.subject ?? {}}
        body={c.message.body}
        link={c.message.link ?? ''}
        language={written.includes(shown) ? shown : 'zh-Hans'}
        name={t('touch.sample.name')}
      />
    </>
  )
}

function About({ c }: { c: Campaign }) {
  const { t } = useWords()
  const format = useFormat()
  return (
    <Facts
      facts={[
        { label: t('touch.purpose'), value: purposeName(c.message.purpose, t) },
        { label: t('touch.channel'), value: channelName(c.channel, t) },
        {
          label: t('touch.start'),
          value: c.started_at
            ? format.dateTime(c.started_at)
            : c.starts_at
              ? format.dateTime(c.starts_at)
              : t('touch.start.now'),
        },
        { label: t('touch.until'), value: c.not_after ? format.dateTime(c.not_after) : t('touch.until.none') },
        { label: t('touch.holdout'), value: `${c.holdout}%` },
        ...(c.ended_at ? [{ label: t('touch.ended'), value: format.dateTime(c.ended_at) }] : []),
      ]}
    />
  )
}
