import { useQueries } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWords } from '~/i18n'
import { useSettled } from '~/lib/hooks'
import { Overlay } from '~/parts/Overlay'
import { type Command, matching, useCommandRegistry } from './commands'
import css from './Palette.module.css'

interface Group {
  id: string
  title: string
  commands: Command[]
  busy?: boolean
  failed?: boolean
}

interface Props {
  open: boolean
  onClose: () => void
  /** Where one can go. */
  pages: Command[]
  /** What one can do anywhere. */
  actions: Command[]
}

/** Ctrl/⌘ K: one field for pages, actions and people. */
export function Palette({ open, onClose, pages, actions }: Props) {
  const { t } = useWords()
  if (!open) return null
  return (
    <Overlay onClose={onClose} label={t('frame.palette')} place="top" width={600}>
      <Box pages={pages} actions={actions} onClose={onClose} />
    </Overlay>
  )
}

function Box({ pages, actions, onClose }: Omit<Props, 'open'>) {
  const { t } = useWords()
  const id = useId()
  const navigate = useNavigate()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const groups = useGroups(query.trim(), pages, actions)
  const flat = groups.flatMap((group) => group.commands)
  const place = Math.min(at, Math.max(0, flat.length - 1))
  const chosen = flat[place]
  const list = useRef<HTMLDivElement>(null)

  useEffect(() => {
    list.current?.querySelector(`[data-at="${place}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [place])

  const run = (command: Command | undefined) => {
    if (!command) return
    onClose()
    if (command.to) navigate(command.to)
    else command.run?.()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return // Enter and arrows belong to the choice of characters
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && flat.length > 0) setAt((place + step + flat.length) % flat.length)
    else if (event.key === 'Enter') run(chosen)
    else return
    event.preventDefault()
  }
  let index = -1
  return (
    <div className={css.box}>
      <div className={css.field}>
        <Search size={16} aria-hidden="true" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={chosen ? `${id}-${place}` : undefined}
          aria-label={t('frame.palette')}
          placeholder={t('frame.palette.hint')}
          value={query}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
        />
      </div>
      <div className={css.list} id={`${id}-list`} role="listbox" aria-label={t('frame.palette')} ref={list}>
        {groups.map((group) => (
          <div key={group.id} role="group" aria-label={group.title}>
            <div className={css.title} aria-hidden="true">
              {group.title}
              {group.busy && <span>{t('common.loading')}</span>}
              {group.failed && <span>{t('frame.palette.failed')}</span>}
            </div>
            {group.commands.map((command) => {
              index += 1
              const mine = index
              return (
                <Option
                  key={command.id}
                  id={`${id}-${mine}`}
                  at={mine}
                  command={command}
                  chosen={mine === place}
                  onPoint={() => setAt(mine)}
                  onRun={() => run(command)}
                />
              )
            })}
          </div>
        ))}
        {flat.length === 0 && !groups.some((group) => group.busy) && (
          <p className={css.none}>{t('frame.palette.none', { query })}</p>
        )}
      </div>
      <div className={css.keys} aria-hidden="true">
        <span>{t('frame.palette.keys')}</span>
      </div>
    </div>
  )
}

function useGroups(query: string, pages: Command[], actions: Command[]): Group[] {
  const { t } = useWords()
  const { commands, providers } = useCommandRegistry()
  const settled = useSettled(query, 150)
  const asked = providers.filter((provider) => settled.length >= (provider.from ?? 1))
  const answers = useQueries({
    queries: asked.map((provider) => ({
      queryKey: ['palette', provider.id, settled],
      queryFn: ({ signal }: { signal: AbortSignal }) => provider.search(settled, signal),
      staleTime: 10_000,
      retry: false,
    })),
  })
  const own = useMemo(
    (): Group[] => [
      { id: 'here', title: t('frame.palette.here'), commands: matching(commands, query) },
      { id: 'pages', title: t('frame.palette.pages'), commands: matching(pages, query) },
      { id: 'actions', title: t('frame.palette.actions'), commands: matching(actions, query) },
    ],
    [t, commands, pages, actions, query],
  )
  const found: Group[] = asked.map((provider, i) => ({
    id: provider.id,
    title: provider.title,
    commands: answers[i]?.data ?? [],
    busy: answers[i]?.isPending,
    failed: answers[i]?.isError,
  }))
  return [...own, ...found].filter((group) => group.commands.length > 0 || group.busy || group.failed)
}

interface OptionProps {
  id: string
  at: number
  command: Command
  chosen: boolean
  onPoint: () => void
  onRun: () => void
}

function Option({ id, at, command, chosen, onPoint, onRun }: OptionProps) {
  const Icon = command.icon
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the option by aria-activedescendant
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled in the field
    <div
      id={id}
      data-at={at}
      role="option"
      aria-selected={chosen}
      className={css.option}
      onPointerMove={onPoint}
      onClick={onRun}
    >
      <span className={css.icon}>{Icon && <Icon size={16} aria-hidden="true" />}</span>
      <span className={css.name}>{command.title}</span>
      {command.hint && <span className={css.hint}>{command.hint}</span>}
    </div>
  )
}
