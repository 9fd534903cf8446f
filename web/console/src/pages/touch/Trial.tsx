import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import type { Campaign } from '~/api/campaigns'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useSettled } from '~/lib/hooks'
import { Dialog, ProblemNotice } from '~/parts'
import { nameOf } from '../people/People'
import css from './Touch.module.css'
import { reasonName } from './words'

/** Sends it to one person, through the gate as everything; the results leave it out. */
export function Trial({ c, slug, onClose }: { c: Campaign; slug: string; onClose: () => void }) {
  const { t } = useWords()
  const toast = useToast()
  const refusal = useProblem()
  const [text, setText] = useState('')
  const [person, setPerson] = useState<string>()
  const [busy, setBusy] = useState(false)
  const q = useSettled(text.trim(), 250)
  const found = useQuery({
    queryKey: ['search', slug, q],
    enabled: q !== '',
    queryFn: ({ signal }) =>
      call<Schemas['Found']>(
        api.GET('/api/v1/communities/{community}/search', {
          params: { path: { community: slug }, query: { q } },
          signal,
        }),
      ),
  })
  const send = async () => {
    setBusy(true)
    const sent = await refusal.guard(() =>
      call<Schemas['Touch']>(
        api.POST('/api/v1/communities/{community}/campaigns/{id}/test', {
          params: { path: { community: slug, id: c.id } },
          body: { person: person ?? '' },
        }),
      ),
    )
    setBusy(false)
    if (!sent) return
    toast.done(
      sent.state === 'held' ? t('touch.test.held', { why: reasonName(sent.reason ?? '', t) }) : t('touch.test.done'),
    )
    onClose()
  }
  return (
    <Dialog open title={t('touch.test')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      <div className={css.field}>
        <label htmlFor="trial-person">{t('touch.test.who')}</label>
        <Select
          id="trial-person"
          className={css.wide}
          placeholder={t('people.search')}
          showSearch={{ filterOption: false, onSearch: setText }}
          notFoundContent={q && !found.isFetching ? t('touch.test.none') : null}
          loading={found.isFetching}
          value={person}
          onChange={setPerson}
          options={(found.data?.people ?? []).map(({ person: p }) => ({
            value: p.id,
            label: [nameOf(p, t('people.unnamed')), p.phone].filter(Boolean).join(' · '),
          }))}
        />
        <span className={css.note}>{t('touch.test.note')}</span>
      </div>
      <p className={css.actions}>
        <Button type="primary" disabled={!person} loading={busy} onClick={send}>
          {t('touch.test.send')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
