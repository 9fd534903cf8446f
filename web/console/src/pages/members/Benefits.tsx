import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import {
  type Entitlement,
  type MembershipsOf,
  membershipsChanged,
  spendOne,
  takeUseBack,
  type Use,
} from '~/api/members'
import { useCommand } from '~/api/queries'
import { MayButton } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, Facts, ProblemNotice, StatusTag } from '~/parts'
import { Sure } from '../growth/Sure'
import page from '../page.module.css'
import { Row, Rows } from '../Section'
import { lastMoment } from './Members'
import css from './Members.module.css'

interface Props {
  slug: string
  person: string
  data: MembershipsOf
}

/** What is left of a member's benefits, and what was used of them lately. */
export function Benefits({ slug, person, data }: Props) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const [using, setUsing] = useState<Entitlement>()
  const benefits = data.entitlements ?? []
  const uses = data.uses ?? []
  const note = (b: Entitlement) =>
    [
      b.used > 0 && t('members.benefit.used', { count: b.used }),
      t('members.benefit.until', { date: format.date(lastMoment(b.closes)) }),
    ]
      .filter(Boolean)
      .join(' · ')
  return (
    <div className={css.granted}>
      {benefits.length > 0 && (
        <Facts
          facts={benefits.map((b) => ({
            label: text(b.title) || b.benefit,
            value: (
              <>
                {b.granted === 0
                  ? t('members.benefit.unlimited')
                  : t('members.benefit.left', { left: b.left, granted: b.granted })}{' '}
                {(b.granted === 0 || b.left > 0) && (
                  <MayButton action="event.check" size="small" onClick={() => setUsing(b)}>
                    {t('members.use')}
                  </MayButton>
                )}
              </>
            ),
            note: note(b),
          }))}
        />
      )}
      {uses.length > 0 && (
        <details>
          <summary className={page.note}>{t('members.uses', { count: uses.length })}</summary>
          <Rows none="">
            {uses.map((use) => (
              <Used key={use.key} slug={slug} person={person} use={use} />
            ))}
          </Rows>
        </details>
      )}
      {using && <UseOne slug={slug} person={person} benefit={using} onClose={() => setUsing(undefined)} />}
    </div>
  )
}

/** A use with who wrote it down. What a ticket has used comes back with the ticket. */
function Used({ slug, person, use }: { slug: string; person: string; use: Use }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const names = useStaffNames(slug)
  const by = use.for ? t('members.use.ticket') : use.actor && (names.get(use.actor) ?? use.actor)
  return (
    <Row>
      <span>
        {text(use.title) || use.benefit}
        {use.qty > 1 && ` × ${use.qty}`} {use.note && <span className={page.soft}>{use.note}</span>}
        <br />
        <span className={css.note}>{[format.dateTime(use.used_at), by].filter(Boolean).join(' · ')}</span>
      </span>
      {use.returned_at ? (
        <StatusTag bare tone="done">
          {t('members.use.returned')}
        </StatusTag>
      ) : (
        !use.for && (
          <Sure
            inline
            action="event.check"
            label={t('members.use.back')}
            what={t('members.use.back.what')}
            run={async () => {
              await takeUseBack(slug, use.key)
              await membershipsChanged(client, slug, person)
            }}
          />
        )
      )}
    </Row>
  )
}

interface UseProps {
  slug: string
  person: string
  benefit: Entitlement
  onClose: () => void
}

function UseOne({ slug, person, benefit, onClose }: UseProps) {
  const { t } = useWords()
  const text = useText()
  const id = useId()
  const client = useQueryClient()
  const refusal = useProblem()
  const [note, setNote] = useState('')
  const use = useCommand((words: string, headers) => spendOne(slug, person, benefit.benefit, words, headers))
  const send = async () => {
    const done = await refusal.guard(() => use.mutateAsync(note.trim()))
    if (!done) return
    await membershipsChanged(client, slug, person)
    onClose()
  }
  const title = text(benefit.title) || benefit.benefit
  return (
    <Dialog open title={t('members.use.of', { benefit: title })} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <p>
        <label htmlFor={id}>{t('members.use.note')}</label>
        <Input id={id} value={note} maxLength={200} onChange={(e) => setNote(e.target.value)} onPressEnter={send} />
      </p>
      <p className={page.actions}>
        <Button type="primary" loading={use.isPending} onClick={send}>
          {t('members.use')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
