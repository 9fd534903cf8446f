import { useQuery, useQueryClient } from '@tanstack/react-query'
import { AutoComplete, Button } from 'antd'
import { useEffect, useId, useRef, useState } from 'react'
import { Link } from 'react-router'
import { tagsQuery } from '~/api/campaigns'
import { api, call } from '~/api/client'
import type { Person, Schemas } from '~/api/community'
import { asProblem, headline, type Problem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice, ProgressPanel, type Selection } from '~/parts'
import css from '../page.module.css'
import { byReason, type Outcome, toEach, together } from './bulk'
import own from './Tagging.module.css'

export type TagWork = 'tag' | 'untag'

interface Props {
  slug: string
  work: TagWork
  selection: Selection
  /** The filter, as the server takes it, when all that match are meant. */
  query: Record<string, string>
  /** `used`: everybody was dealt with, the choice is used up. */
  onClose: (used: boolean) => void
}

interface Going {
  reading: boolean
  done: number
  total?: number
  startedAt: number
}

/** The longest tag the server takes. */
const longest = 40
/** Of those who failed, how many are named. */
const named = 20

/** Puts a tag on the chosen people or takes it off, one request each; in the end says what came of everybody. */
export function Tagging({ slug, work, selection, query, onClose }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const stop = useRef<AbortController>(undefined)
  const [tag, setTag] = useState('')
  const [going, setGoing] = useState<Going>()
  const [outcome, setOutcome] = useState<Outcome>()
  const [problem, setProblem] = useState<Problem>()
  useEffect(() => () => stop.current?.abort(), [])

  const run = async (ids?: string[]) => {
    const control = new AbortController()
    stop.current = control
    setProblem(undefined)
    setGoing({ reading: ids === undefined, done: 0, total: ids?.length, startedAt: Date.now() })
    try {
      const all =
        ids ??
        (await everyone(slug, query, control.signal, (done) =>
          setGoing((old) => old && { ...old, done, reading: true }),
        ))
      const startedAt = Date.now()
      const tell = (done: number) => setGoing({ reading: false, done, total: all.length, startedAt })
      tell(0)
      const out = await toEach(all, (id) => mark(slug, work, id, tag.trim()), control.signal, tell)
      // A tag that the server doesn't take is the form's matter, not anybody's.
      if (!outcome && out.halt && out.left.length === all.length) setProblem(out.halt)
      else setOutcome(together(outcome, out))
    } catch (error) {
      if (!control.signal.aborted) setProblem(asProblem(error))
    } finally {
      setGoing(undefined)
      await Promise.all(['people', 'person', 'tags'].map((key) => client.invalidateQueries({ queryKey: [key, slug] })))
    }
  }
  const close = () => {
    // While it goes on this only stops it: what came of it is to be seen first.
    if (going) stop.current?.abort()
    else onClose(outcome !== undefined && outcome.failed.length + outcome.left.length === 0)
  }
  const name = tag.trim()
  return (
    <Dialog open title={t(`people.bulk.${work}`)} onClose={close}>
      {going ? (
        <>
          <ProgressPanel
            compact
            job={{
              id: work,
              title: going.reading ? t('people.bulk.reading') : t(`people.bulk.${work}ging`, { tag: name }),
              state: 'running',
              done: going.done,
              total: going.total,
              unit: (count) => t('people.unit', { count }),
              startedAt: going.startedAt,
            }}
            onStop={() => stop.current?.abort()}
          />
          <p className={css.soft}>{t('people.bulk.stay')}</p>
        </>
      ) : outcome ? (
        <Result slug={slug} work={work} tag={name} outcome={outcome} onGo={run} onClose={close} />
      ) : (
        <Ask
          slug={slug}
          work={work}
          selection={selection}
          tag={tag}
          onTag={setTag}
          problem={problem}
          onGo={() => run(selection.kind === 'rows' ? selection.ids : undefined)}
          onClose={close}
        />
      )}
    </Dialog>
  )
}

interface AskProps {
  slug: string
  work: TagWork
  selection: Selection
  tag: string
  onTag: (tag: string) => void
  problem?: Problem
  onGo: () => void
  onClose: () => void
}

function Ask({ slug, work, selection, tag, onTag, problem, onGo, onClose }: AskProps) {
  const { t } = useWords()
  const id = useId()
  const tags = useQuery(tagsQuery(slug))
  const known = (tags.data?.items ?? []).map((one) => one.tag)
  const count = selection.kind === 'rows' ? selection.ids.length : selection.total
  const tooLong = [...tag.trim()].length > longest
  return (
    <form
      className={own.form}
      onSubmit={(event) => {
        event.preventDefault()
        onGo()
      }}
    >
      <p>
        {selection.kind === 'all' && selection.more
          ? t('people.bulk.whomMore', { count })
          : t('people.bulk.whom', { count })}
      </p>
      {problem && <ProblemNotice problem={problem} focus />}
      <div className={own.field}>
        <label htmlFor={id}>{t('people.tags')}</label>
        <AutoComplete
          id={id}
          className={own.wide}
          value={tag}
          onChange={onTag}
          maxLength={longest * 2}
          options={known.map((value) => ({ value }))}
          showSearch={{ filterOption: (typed, option) => String(option?.value).includes(typed.trim()) }}
        />
        <p className={css.soft}>
          {tooLong ? t('people.bulk.tooLong', { max: longest }) : t(`people.bulk.${work}.hint`)}
        </p>
      </div>
      <p className={css.actions}>
        <Button type="primary" htmlType="submit" danger={work === 'untag'} disabled={!tag.trim() || tooLong}>
          {t(`people.bulk.${work}`)}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </form>
  )
}

interface ResultProps {
  slug: string
  work: TagWork
  tag: string
  outcome: Outcome
  onGo: (ids: string[]) => void
  onClose: () => void
}

function Result({ slug, work, tag, outcome, onGo, onClose }: ResultProps) {
  const { t } = useWords()
  const names = useNames(slug)
  const { changed, same, failed, left, halt } = outcome
  const rest = [...failed.map((one) => one.id), ...left]
  return (
    <div className={own.form} role="status">
      <ul className={own.sums}>
        <li>{t(`people.bulk.${work}ged`, { count: changed, tag })}</li>
        {same > 0 && <li className={css.soft}>{t(`people.bulk.${work}.same`, { count: same })}</li>}
        {failed.length > 0 && <li className={own.bad}>{t('people.bulk.failed', { count: failed.length })}</li>}
        {left.length > 0 && <li className={own.wait}>{t('people.bulk.left', { count: left.length })}</li>}
      </ul>
      {halt && <ProblemNotice problem={halt} />}
      {byReason(failed).map(({ problem, ids }) => (
        <div key={ids[0]} className={own.reason}>
          <p>
            {headline(problem)} {problem.next}
          </p>
          <p className={own.who}>
            {ids.slice(0, named).map((id) => (
              <Link key={id} to={communityPath(slug, `people/${id}`)}>
                {names.get(id) ?? id}
              </Link>
            ))}
            {ids.length > named && <span>{t('people.bulk.more', { count: ids.length - named })}</span>}
          </p>
        </div>
      ))}
      <p className={css.actions}>
        {rest.length > 0 && (
          <Button type="primary" onClick={() => onGo(rest)}>
            {left.length > 0 ? t('people.bulk.goOn') : t('people.bulk.again')}
          </Button>
        )}
        <Button type={rest.length > 0 ? 'default' : 'primary'} onClick={onClose}>
          {t('common.close')}
        </Button>
      </p>
    </div>
  )
}

/** What those are called whom the list has shown; of others there is the id. */
function useNames(slug: string): Map<string, string> {
  const client = useQueryClient()
  const pages = client.getQueriesData<{ items: Person[] }>({ queryKey: ['people', slug] })
  return new Map(
    pages
      .flatMap(([, page]) => (page?.items ?? []).map((p) => [p.id, p.nickname || p.name] as const))
      .filter(([, n]) => n),
  )
}

async function mark(community: string, work: TagWork, id: string, tag: string): Promise<boolean> {
  const params = { path: { community, id, tag } }
  const path = '/api/v1/communities/{community}/people/{id}/tags/{tag}'
  const answer = await call<Schemas['Marked']>(
    work === 'tag' ? api.POST(path, { params }) : api.DELETE(path, { params }),
  )
  return answer.changed
}

/** The ids of all whom a filter chooses, read before anything is changed: a tag may be what the filter asks for. */
async function everyone(
  community: string,
  query: Record<string, string>,
  signal: AbortSignal,
  tell: (read: number) => void,
): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page: Schemas['PeoplePage'] = await call<Schemas['PeoplePage']>(
      api.GET('/api/v1/communities/{community}/people', {
        params: { path: { community }, query: { ...query, limit: 200, ...(cursor ? { cursor } : {}) } as never },
        signal,
      }),
    )
    ids.push(...(page.items ?? []).map((p) => p.id))
    tell(ids.length)
    cursor = page.next || undefined
  }
  return ids
}
