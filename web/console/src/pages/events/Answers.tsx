import { useMemo } from 'react'
import { type AnswerRow, calendarKey, type EventView, type Survey } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Figure, FigureRow, type ListColumn, ListPage, type ListSource } from '~/parts'
import page from '../page.module.css'
import css from './Events.module.css'
import { Holder } from './Holder'
import { points, verdictOf } from './survey'

/** What those who came thought of it, against what this community is used to. */
export function Answers({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const format = useFormat()
  const source = useMemo<ListSource<AnswerRow>>(
    () => ({
      key: [...calendarKey(slug), 'answers', event.id],
      load: async ({ limit, cursor }, signal) => {
        const answer = await call<Schemas['PageOfAnswerRow']>(
          api.GET('/api/v1/communities/{community}/events/{id}/answers', {
            params: { path: { community: slug, id: event.id }, query: { limit, cursor } },
            signal,
          }),
        )
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, event.id],
  )
  const praises = (row: AnswerRow) =>
    [row.event && t('events.praise.event'), row.service && t('events.praise.service')]
      .filter(Boolean)
      .join(t('common.listComma'))
  const columns: ListColumn<AnswerRow>[] = [
    {
      id: 'name',
      header: t('people.name'),
      main: true,
      width: 136,
      cell: (row) => <Holder slug={slug} person={row.person} name={row.nickname} />,
    },
    { id: 'score', header: t('events.score'), align: 'right', width: 72, cell: (row) => format.count(row.score) },
    { id: 'praise', header: t('events.praise'), width: 144, cell: praises },
    { id: 'text', header: t('events.said'), width: 320, cell: (row) => row.text },
    { id: 'at', header: t('events.answered'), width: 144, cell: (row) => format.dateTime(row.at) },
  ]
  return (
    <>
      {event.result.answers > 0 && <Result result={event.result} />}
      <div className={page.list}>
        <ListPage<AnswerRow>
          id="event-answers"
          unit={(count) => t('events.answers.unit', { count })}
          columns={columns}
          source={source}
          rowId={(row) => row.person}
          rowName={(row) => row.nickname || t('people.unnamed')}
          empty={{ title: t('events.answers.empty'), body: t('events.answers.empty.body') }}
        />
      </div>
    </>
  )
}

const kinds = ['promoters', 'passives', 'detractors'] as const

function Result({ result: r }: { result: Survey }) {
  const { t } = useWords()
  const format = useFormat()
  const verdict = verdictOf(r)
  const line = { line: points(r.line), count: r.line_of, nps: points(r.nps) }
  return (
    <div className={css.answers}>
      <p className={css.verdict} data-verdict={verdict} role={verdict === 'below' ? 'alert' : undefined}>
        <strong>
          {t('events.nps')} {points(r.nps)}
        </strong>
        {t('events.nps.of', { count: r.answers, low: points(r.low), high: points(r.high) })}
        {verdict !== 'none' && ` ${t(`events.verdict.${verdict}`, line)}`}
      </p>
      <div>
        <div className={css.parts} aria-hidden="true">
          {kinds.map((kind) => r[kind] > 0 && <i key={kind} data-part={kind} style={{ flexGrow: r[kind] }} />)}
        </div>
        <ul className={css.key}>
          {kinds.map((kind) => (
            <li key={kind}>
              <i data-part={kind} />
              {t(`events.${kind}`)} {format.count(r[kind])} / {format.count(r.answers)} (
              {format.rate(r[kind], r.answers)})
            </li>
          ))}
        </ul>
      </div>
      <FigureRow>
        <Figure kind="rate" label={t('events.answerRate')} value={r.answers} of={r.attended} />
        <Figure kind="rate" label={t('events.praise.event')} value={r.event} of={r.answers} />
        <Figure kind="rate" label={t('events.praise.service')} value={r.service} of={r.answers} />
      </FigureRow>
    </div>
  )
}
