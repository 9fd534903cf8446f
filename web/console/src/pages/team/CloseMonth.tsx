import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import { useCommand } from '~/api/queries'
import { type Month, teamKey } from '~/api/team'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { openMonths } from './openMonths'

/** Closes a month that has ended: what comes back later is taken off in the next. */
export function CloseMonth({ slug, months, onClose }: { slug: string; months: Month[]; onClose: () => void }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const now = useNow()
  const open = openMonths(months[0]?.month, format.date(now).slice(0, 7))
  // The first after the last that is closed; where none is, the one that ended last.
  const [month, setMonth] = useState(months.length > 0 ? open[0] : open.at(-1))
  const close = useCommand((body: { month: string }, headers) =>
    call<Month>(
      api.POST('/api/v1/communities/{community}/months', { params: { path: { community: slug } }, headers, body }),
    ),
  )
  const send = async () => {
    if (!month) return
    const done = await refusal.guard(() => close.mutateAsync({ month }))
    if (!done) return
    await client.invalidateQueries({ queryKey: teamKey(slug) })
    toast.done(t('team.close.done', { month }))
    onClose()
  }
  return (
    <Dialog open title={t('team.close')} onClose={onClose}>
      <p>{t(open.length > 0 ? 'team.close.what' : 'team.close.none')}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {open.length > 0 && (
        <p>
          <Select
            className={page.wide}
            aria-label={t('team.month')}
            value={month}
            onChange={setMonth}
            options={open.map((m) => ({ value: m, label: m }))}
          />
        </p>
      )}
      <p className={page.actions}>
        {open.length > 0 && (
          <Button type="primary" loading={close.isPending} onClick={send}>
            {t('team.close.go', { month: month ?? '' })}
          </Button>
        )}
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
