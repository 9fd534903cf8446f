import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useWords } from '~/i18n'
import { useSettled } from '~/lib/hooks'

interface Props {
  slug: string
  id?: string
  value?: string
  /** The second is how they are called in the list. */
  onChange?: (id: string | undefined, name?: string) => void
  /** How the one chosen at first is called. */
  name?: string
  /** What it is for, where no label stands beside it. */
  label?: string
  placeholder?: string
}

/** Somebody, looked for by name, phone or number. */
export function PickPerson({ slug, id, value, onChange, name, label, placeholder }: Props) {
  const { t } = useWords()
  const [typed, setTyped] = useState('')
  const [kept, setKept] = useState<{ value: string; label: string } | undefined>(
    value ? { value, label: name || t('people.unnamed') } : undefined,
  )
  const q = useSettled(typed.trim(), 250)
  const found = useQuery({
    queryKey: ['pick-person', slug, q],
    enabled: q !== '',
    queryFn: ({ signal }) =>
      call<Schemas['PeoplePage']>(
        api.GET('/api/v1/communities/{community}/people', {
          params: { path: { community: slug }, query: { q, limit: 10 } as never },
          signal,
        }),
      ),
  })
  const options = (q ? (found.data?.items ?? []) : []).map((p) => ({
    value: p.id,
    label: [p.nickname || p.name || t('people.unnamed'), p.phone].filter(Boolean).join(' · '),
  }))
  const all = kept && !options.some((o) => o.value === kept.value) ? [...options, kept] : options
  return (
    <Select
      id={id}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      aria-label={label}
      placeholder={placeholder ?? t('events.host.find')}
      loading={found.isFetching}
      notFoundContent={q && found.data ? t('events.host.none') : null}
      value={value || undefined}
      options={all}
      onChange={(next?: string) => {
        const chosen = all.find((o) => o.value === next)
        setKept(chosen)
        onChange?.(next, chosen?.label)
      }}
    />
  )
}
