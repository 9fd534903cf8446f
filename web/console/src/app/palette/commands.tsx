// What the palette can do and find. Pages add to it while they are shown: useCommands for actions, useSearchProvider for rows.
import type { LucideIcon } from 'lucide-react'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'

export interface Command {
  id: string
  title: string
  /** A second line or word: a phone's tail, a circle's name, a shortcut. */
  hint?: string
  /** More words to be found by. */
  find?: string
  icon?: LucideIcon
  /** Either a page … */
  to?: string
  /** … or an action. */
  run?: () => void
}

export interface SearchProvider {
  id: string
  /** Heading of its results: 用户 */
  title: string
  /** Ask from so many characters on. */
  from?: number
  search: (query: string, signal: AbortSignal) => Promise<Command[]>
}

interface Registry {
  commands: Command[]
  providers: SearchProvider[]
  add: (commands: Command[], providers: SearchProvider[]) => () => void
}

const RegistryContext = createContext<Registry | undefined>(undefined)

interface Batch {
  commands: Command[]
  providers: SearchProvider[]
}

export function CommandRegistry({ children }: { children: ReactNode }) {
  const [batches, setBatches] = useState<Batch[]>([])
  const add = useMemo(
    () => (commands: Command[], providers: SearchProvider[]) => {
      const batch = { commands, providers }
      setBatches((old) => [...old, batch])
      return () => setBatches((old) => old.filter((other) => other !== batch))
    },
    [],
  )
  const registry = useMemo(
    () => ({
      add,
      commands: batches.flatMap((batch) => batch.commands),
      providers: batches.flatMap((batch) => batch.providers),
    }),
    [add, batches],
  )
  return <RegistryContext value={registry}>{children}</RegistryContext>
}

export function useCommandRegistry(): Registry {
  const registry = useContext(RegistryContext)
  if (!registry) throw new Error('outside CommandRegistry')
  return registry
}

const noCommands: Command[] = []
const noProviders: SearchProvider[] = []

/** Offers actions in the palette while the component is shown. Memoise the array. */
export function useCommands(commands: Command[]) {
  const { add } = useCommandRegistry()
  useEffect(() => add(commands, noProviders), [add, commands])
}

/** Lets the palette look for rows while the component is shown. Memoise the array. */
export function useSearchProviders(providers: SearchProvider[]) {
  const { add } = useCommandRegistry()
  useEffect(() => add(noCommands, providers), [add, providers])
}

/** Every word of the query occurs; a hit at the start of the title comes first. */
export function matching(commands: Command[], query: string): Command[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return commands
  const rank = (command: Command) => {
    const title = command.title.toLowerCase()
    const text = `${title} ${command.find?.toLowerCase() ?? ''} ${command.hint?.toLowerCase() ?? ''}`
    if (!wanted.every((word) => text.includes(word))) return -1
    return title.startsWith(wanted[0] ?? '') ? 2 : title.includes(wanted[0] ?? '') ? 1 : 0
  }
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((hit) => hit.rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .map((hit) => hit.command)
}
