import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useId, useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { type Asked, launchChanged } from '~/api/launches'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import { PickPerson } from '../events/PickPerson'
import page from '../page.module.css'
import css from './Growth.module.css'

/** As many as the server asks at once. */
const most = 100

interface Chosen {
  id: string
  name: string
}

interface Props {
  slug: string
  launch: string
  onClose: () => void
}

/** Asks people to share. Who was asked not long ago is asked again only after somebody has said that it is meant. */
export function AskPledges({ slug, launch, onClose }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const field = useId()
  const [chosen, setChosen] = useState<Chosen[]>([])
  const [refused, setRefused] = useState<Asked[]>()
  const ask = useCommand((body: { persons: string[]; again?: boolean }, headers) =>
    call<Schemas['AskedPledges']>(
      api.POST('/api/v1/communities/{community}/launches/{id}/pledges', {
        params: { path: { community: slug, id: launch } },
        headers,
        body,
      }),
    ),
  )
  const send = async (persons: string[], again?: boolean) => {
    const answer = await refusal.guard(() => ask.mutateAsync(again ? { persons, again } : { persons }))
    if (!answer) return
    await launchChanged(client, slug)
    if (answer.asked > 0) toast.done(t('launches.ask.done', { count: answer.asked }))
    const left = (answer.items ?? []).filter((one) => one.refused)
    if (left.length === 0) onClose()
    else setRefused(left)
  }
  if (refused)
    return (
      <Dialog open title={t('launches.ask.refused', { count: refused.length })} onClose={onClose}>
        <Refused
          refused={refused}
          nameOf={(id) => chosen.find((one) => one.id === id)?.name || t('people.unnamed')}
          busy={ask.isPending}
          onAgain={(persons) => send(persons, true)}
          onClose={onClose}
        />
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      </Dialog>
    )
  return (
    <Dialog open title={t('launches.ask')} onClose={onClose}>
      <p className={page.soft}>{t('launches.ask.what')}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <div className={css.field}>
        <label htmlFor={field}>{t('launches.ask.whom')}</label>
        {/* Another one for each choice, so that the next person can be looked for at once. */}
        <PickPerson
          key={chosen.length}
          slug={slug}
          id={field}
          onChange={(id, name) => {
            if (!id || chosen.some((one) => one.id === id)) return
            setChosen([...chosen, { id, name: name ?? '' }])
          }}
        />
      </div>
      <ul className={page.rows}>
        {chosen.map((one) => (
          <li key={one.id} className={page.row}>
            <span>{one.name || t('people.unnamed')}</span>
            <Button
              type="link"
              className={page.inline}
              onClick={() => setChosen(chosen.filter((other) => other !== one))}
            >
              {t('launches.ask.leaveOut')}
            </Button>
          </li>
        ))}
      </ul>
      {chosen.length > most && <p className={page.note}>{t('launches.ask.most', { max: most })}</p>}
      <p className={page.actions}>
        <Button
          type="primary"
          loading={ask.isPending}
          disabled={chosen.length === 0 || chosen.length > most}
          onClick={() => send(chosen.map((one) => one.id))}
        >
          {t('launches.ask.go', { count: chosen.length })}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}

interface RefusedProps {
  refused: Asked[]
  nameOf: (id: string) => string
  busy: boolean
  onAgain: (persons: string[]) => void
  onClose: () => void
}

/** Who could not be asked and why; of those who were asked lately it may be said that it is meant. */
function Refused({ refused, nameOf, busy, onAgain, onClose }: RefusedProps) {
  const { t } = useWords()
  const lately = refused.filter((one) => one.refused === 'growth.asked_lately').map((one) => one.person)
  return (
    <>
      <ul className={page.rows}>
        {refused.map((one) => (
          <li key={one.person} className={css.thing}>
            <strong>{nameOf(one.person)}</strong>
            <div className={page.soft}>{one.what}</div>
            <div className={page.note}>{one.next}</div>
          </li>
        ))}
      </ul>
      {lately.length > 0 && <p className={page.note}>{t('launches.ask.again.what')}</p>}
      <p className={page.actions}>
        {lately.length > 0 && (
          <Button danger loading={busy} onClick={() => onAgain(lately)}>
            {t('launches.ask.again', { count: lately.length })}
          </Button>
        )}
        <Button onClick={onClose}>{t('common.close')}</Button>
      </p>
    </>
  )
}
