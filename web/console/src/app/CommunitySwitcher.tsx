import { Check, ChevronsUpDown } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Link } from 'react-router'
import type { Community } from '~/api/auth'
import { useWords } from '~/i18n'
import { useOutside } from '~/lib/hooks'
import { Mark } from '~/parts/Mark'
import css from './CommunitySwitcher.module.css'
import { communityPath } from './community'

/** From so many communities on, the list can be searched. */
const many = 8

/** Which community this is, and the way to the others. With a single one there is nothing to switch: it is only a name. */
export function CommunitySwitcher({ community, communities }: { community: Community; communities: Community[] }) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useOutside(box, open, () => setOpen(false))
  const face = (
    <>
      <Mark size={32} />
      <span className={css.words}>
        <span className={css.name}>{community.name}</span>
        <span className={css.slug}>{community.slug}</span>
      </span>
    </>
  )
  if (communities.length < 2) return <div className={css.face}>{face}</div>
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape anywhere inside closes
    <div className={css.box} ref={box} onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}>
      <button
        type="button"
        className={css.face}
        aria-expanded={open}
        aria-label={t('frame.switch', { name: community.name })}
        onClick={() => setOpen(!open)}
      >
        {face}
        <ChevronsUpDown size={14} aria-hidden="true" />
      </button>
      {open && <Others community={community} communities={communities} onDone={() => setOpen(false)} />}
    </div>
  )
}

interface OthersProps {
  community: Community
  communities: Community[]
  onDone: () => void
}

function Others({ community, communities, onDone }: OthersProps) {
  const { t } = useWords()
  const id = useId()
  const [query, setQuery] = useState('')
  const wanted = query.trim().toLowerCase()
  const found = communities.filter(({ name, slug }) => `${name} ${slug}`.toLowerCase().includes(wanted))
  return (
    <div className={css.panel}>
      {communities.length > many && (
        <input
          id={id}
          className={css.search}
          value={query}
          placeholder={t('frame.switch.search')}
          aria-label={t('frame.switch.search')}
          onChange={(event) => setQuery(event.target.value)}
        />
      )}
      <ul className={css.list}>
        {found.map((other) => (
          <li key={other.slug}>
            <Link
              className={css.other}
              to={communityPath(other.slug)}
              aria-current={other.slug === community.slug ? 'true' : undefined}
              onClick={onDone}
            >
              <span className={css.words}>
                <span className={css.name}>{other.name}</span>
                <span className={css.slug}>{other.slug}</span>
              </span>
              {other.slug === community.slug && <Check size={14} aria-hidden="true" />}
            </Link>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={css.none}>{t('frame.switch.none')}</p>}
    </div>
  )
}
