import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from 'react-router'
import { asProblem } from '~/api/problem'
import { listProofs, type ProofView, pictureUrl, proofQuery, proofsChanged } from '~/api/proofs'
import { communityPath, useCommunity } from '~/app/community'
import { useStaffNames } from '~/app/staff'
import { type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Facts, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import { Holder } from '../events/Holder'
import page from '../page.module.css'
import { Section } from '../Section'
import { Decide } from './Decide'
import css from './Growth.module.css'
import { callTitle, isOpen, isProofState, proofTones, rewardOf } from './proof'

/** One picture: what it has to show, what is odd about it, and the decision. */
export function ProofPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(proofQuery(slug, id))
  const crumbs = [
    { label: t('frame.growth'), to: communityPath(slug, 'growth') },
    { label: t('proofs.title'), to: communityPath(slug, 'growth/proofs') },
  ]
  const p = query.data
  if (query.error && !p)
    return (
      <>
        <PageHeader title={t('proofs.one')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  if (!p) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  const name = p.nickname || t('people.unnamed')
  return (
    <>
      <PageHeader
        title={t('proofs.of', { name })}
        crumbs={crumbs}
        meta={
          <StatusTag tone={proofTones[p.state] ?? 'plain'}>
            {isProofState(p.state) ? t(`proofs.state.${p.state}`) : p.state}
          </StatusTag>
        }
      />
      <div className={page.split}>
        <Picture slug={slug} proof={p} name={name} />
        <div>
          <Reasons proof={p} />
          <What slug={slug} proof={p} />
          {isOpen(p) && <Next slug={slug} proof={p} />}
          <Alike slug={slug} proof={p} />
        </div>
      </div>
    </>
  )
}

function Picture({ slug, proof: p, name }: { slug: string; proof: ProofView; name: string }) {
  const { t } = useWords()
  if (!p.picture) return <p className={css.gone}>{t('proofs.picture.gone')}</p>
  const url = pictureUrl(slug, p.picture)
  return (
    <a href={url} target="_blank" rel="noreferrer" title={t('proofs.picture.open')}>
      <img className={css.picture} src={url} alt={t('proofs.picture.of', { name })} />
    </a>
  )
}

/** Why it is held, or was refused. */
function Reasons({ proof: p }: { proof: ProofView }) {
  const { t } = useWords()
  const why = p.why ?? []
  if (why.length === 0) return null
  return (
    <div className={css.why}>
      <strong>{t(p.state === 'refused' ? 'proofs.refused.why' : 'proofs.held.why')}</strong>
      <ul>
        {why.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  )
}

function What({ slug, proof: p }: { slug: string; proof: ProofView }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const staff = useStaffNames(slug)
  const about = text((p.of_call.rule.about ?? {}) as Text)
  return (
    <Facts
      facts={[
        { label: t('money.person'), value: <Holder slug={slug} person={p.person} name={p.nickname} /> },
        { label: t('proofs.call'), value: callTitle(p.of_call, text), note: about },
        { label: t('proofs.reward'), value: rewardOf(p.amount, p.kind, t) },
        { label: t('proofs.at'), value: format.dateTime(p.at) },
        ...(p.decided_at
          ? [
              {
                label: t('proofs.decided'),
                value: format.dateTime(p.decided_at),
                note: p.decided_by && staff.get(p.decided_by),
              },
            ]
          : []),
      ]}
    />
  )
}

/** The decision; the next picture of the same kind follows at once. */
function Next({ slug, proof: p }: { slug: string; proof: ProofView }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const go = async () => {
    await proofsChanged(client, slug)
    const state = p.state === 'held' ? 'held' : 'waits'
    const rest = await listProofs(slug, { state, limit: 2 }).catch(() => undefined)
    const next = rest?.items?.find((one) => one.id !== p.id)
    await navigate(communityPath(slug, next ? `growth/proofs/${next.id}` : 'growth/proofs'))
  }
  return <Decide slug={slug} proof={p} onDone={go} />
}

/** Other proofs that it resembles, by reason. */
function Alike({ slug, proof: p }: { slug: string; proof: ProofView }) {
  const { t } = useWords()
  return (p.like ?? []).map((group) => (
    <Section key={group.suspicion} title={t('proofs.like', { why: group.text })}>
      <ul className={css.like}>
        {(group.proofs ?? []).map((one) => {
          const name = one.nickname || t('people.unnamed')
          return (
            <li key={one.id}>
              <Link to={communityPath(slug, `growth/proofs/${one.id}`)}>
                {one.picture && <img className={css.thumb} src={pictureUrl(slug, one.picture)} loading="lazy" alt="" />}
                {name}
                <span className={page.note}>
                  {isProofState(one.state) ? t(`proofs.state.${one.state}`) : one.state}
                </span>
              </Link>
            </li>
          )
        })}
      </ul>
    </Section>
  ))
}
