import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useEffect, useId, useRef, useState } from 'react'
import { moneyKey } from '~/api/money'
import { type BatchDetail, type LineState, type LineWork, listLines, type PayoutLine, tellLine } from '~/api/payouts'
import { asProblem, headline, type Problem } from '~/api/problem'
import { useToast } from '~/app/toasts'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice, ProgressPanel, type Selection } from '~/parts'
import page from '../page.module.css'
import { byReason, type Outcome, toEach, together } from '../people/bulk'
import { allPages } from './csv'

interface Props {
  slug: string
  batch: BatchDetail
  work: LineWork
  selection: Selection
  /** Of which lines, where all are meant. */
  state?: LineState
  /** `used`: everybody was dealt with. */
  onClose: (used: boolean) => void
}

interface Going {
  done: number
  total: number
  startedAt: number
}

/** Says of one line or many what became of them, a request each; in the end what came of every one of them. */
export function PayoutWork({ slug, batch, work, selection, state, onClose }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const id = useId()
  const stop = useRef<AbortController>(undefined)
  const [reason, setReason] = useState('')
  const [going, setGoing] = useState<Going>()
  const [outcome, setOutcome] = useState<Outcome>()
  const [problem, setProblem] = useState<Problem>()
  useEffect(() => () => stop.current?.abort(), [])
  const count = selection.kind === 'rows' ? selection.ids.length : selection.total

  const run = async (ids?: string[]) => {
    const control = new AbortController()
    stop.current = control
    setProblem(undefined)
    setGoing({ done: 0, total: ids?.length ?? count, startedAt: Date.now() })
    try {
      const all = ids ?? (await every(slug, batch.id, state, control.signal))
      const startedAt = Date.now()
      const tell = (done: number) => setGoing({ done, total: all.length, startedAt })
      const act = async (line: string) => {
        await tellLine(slug, line, work, reason.trim())
        return true
      }
      const out = together(outcome, await toEach(all, act, control.signal, tell))
      if (out.failed.length + out.left.length === 0) {
        toast.done(t(`payouts.work.${work}.done`, { count: out.changed }))
        onClose(true)
      } else if (all.length === 1 && out.changed === 0) setProblem(out.halt ?? out.failed[0]?.problem)
      else setOutcome(out)
    } catch (error) {
      if (!control.signal.aborted) setProblem(asProblem(error))
    } finally {
      setGoing(undefined)
      await client.invalidateQueries({ queryKey: moneyKey(slug) })
    }
  }
  // While it goes on this only stops it: what came of it is to be seen first.
  const close = () => (going ? stop.current?.abort() : onClose(false))
  return (
    <Dialog open title={t(`payouts.work.${work}`)} onClose={close}>
      {going ? (
        <ProgressPanel
          compact
          job={{
            id: work,
            title: t(`payouts.work.${work}`),
            state: 'running',
            ...going,
            unit: (n) => t('payouts.line.unit', { count: n }),
          }}
          onStop={() => stop.current?.abort()}
        />
      ) : outcome ? (
        <Result work={work} outcome={outcome} onGo={run} onClose={close} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void run(selection.kind === 'rows' ? selection.ids : undefined)
          }}
        >
          <p>{t(`payouts.work.${work}.what`, { count })}</p>
          {problem && <ProblemNotice problem={problem} focus />}
          {work === 'failed' && (
            <p>
              <label htmlFor={id}>{t('payouts.reason')}</label>
              <Input id={id} value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />
            </p>
          )}
          <p className={page.actions}>
            <Button
              type="primary"
              htmlType="submit"
              danger={work === 'failed'}
              disabled={work === 'failed' && !reason.trim()}
            >
              {t(`payouts.work.${work}`)}
            </Button>
            <Button onClick={close}>{t('common.cancel')}</Button>
          </p>
        </form>
      )}
    </Dialog>
  )
}

/** The ids of all lines of a batch in a state, or in any. */
async function every(slug: string, batch: string, state: LineState | undefined, signal: AbortSignal) {
  const all = await allPages<PayoutLine>(
    async (cursor, s) => {
      const page = await listLines(slug, batch, { state, limit: 200, cursor }, s)
      return { items: page.items ?? [], next: page.next }
    },
    signal,
    () => {},
  )
  return all.map((line) => line.id)
}

interface ResultProps {
  work: LineWork
  outcome: Outcome
  onGo: (ids: string[]) => void
  onClose: () => void
}

function Result({ work, outcome, onGo, onClose }: ResultProps) {
  const { t } = useWords()
  const { changed, failed, left, halt } = outcome
  const rest = [...failed.map((one) => one.id), ...left]
  return (
    <div role="status">
      <p>{t(`payouts.work.${work}.done`, { count: changed })}</p>
      {halt && <ProblemNotice problem={halt} />}
      {byReason(failed).map(({ problem, ids }) => (
        <p key={ids[0]}>{t('payouts.work.refused', { count: ids.length, why: headline(problem) })}</p>
      ))}
      {left.length > 0 && <p>{t('payouts.work.left', { count: left.length })}</p>}
      <p className={page.actions}>
        <Button type="primary" onClick={() => onGo(rest)}>
          {t('payouts.work.again', { count: rest.length })}
        </Button>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </p>
    </div>
  )
}
