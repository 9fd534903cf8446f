import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { handOver, type Side, teamKey } from '~/api/team'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import type { Team } from './useTeam'

interface Props {
  slug: string
  team: Team
  /** Who is handed over, and on which side. */
  people: { id: string; name: string; side: Side }[]
  onClose: (done: boolean) => void
}

/** Gives people to one of the staff, whatever that one has in hand. */
export function HandOver({ slug, team, people, onClose }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [staff, setStaff] = useState<string>()
  const [busy, setBusy] = useState(false)
  const sides = [...new Set<string>(people.map((one) => one.side))]
  const groups = team.departments
    .filter((d) => sides.includes(d.side))
    .map((d) => ({
      label: team.titleOf(d.name),
      options: (d.members ?? []).map((m) => ({
        value: m.staff,
        label: t('team.hand.option', { name: m.staff_name, count: m.load }),
      })),
    }))
  const send = async () => {
    if (!staff) return
    setBusy(true)
    const done = await refusal.guard(async () => {
      for (const one of people) await handOver(slug, one.id, { side: one.side, staff })
      return true
    })
    setBusy(false)
    await client.invalidateQueries({ queryKey: teamKey(slug) })
    if (!done) return
    toast.done(t('team.hand.done', { count: people.length, name: team.nameOf(staff) }))
    onClose(true)
  }
  const title =
    people.length === 1
      ? t('team.hand.one', { name: people[0]?.name || t('people.unnamed') })
      : t('team.hand.many', { count: people.length })
  return (
    <Dialog open title={title} onClose={() => onClose(false)}>
      <p>{t('team.hand.what')}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {groups.every((g) => g.options.length === 0) ? (
        <p className={page.soft}>{t('team.hand.nobody')}</p>
      ) : (
        <div>
          <Select
            className={page.wide}
            aria-label={t('team.hand.to')}
            placeholder={t('team.hand.to')}
            value={staff}
            onChange={setStaff}
            options={groups}
          />
        </div>
      )}
      <p className={page.actions}>
        <Button type="primary" disabled={!staff} loading={busy} onClick={send}>
          {t('team.hand')}
        </Button>
        <Button onClick={() => onClose(false)}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
