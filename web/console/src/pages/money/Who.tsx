import { Link } from 'react-router'
import type { Named } from '~/api/money'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import page from '../page.module.css'

/** Somebody by name, with the way to their page; who was erased is shown so, and who is not known yet as nothing. */
export function Who({ slug, person }: { slug: string; person?: Named }) {
  const { t } = useWords()
  if (!person) return null
  if (person.erased) return <span className={page.soft}>{t('people.state.erased')}</span>
  if (person.staff) return person.name
  return <Link to={communityPath(slug, `people/${person.id}`)}>{person.name || t('people.unnamed')}</Link>
}

/** The same in words. */
export function useWho() {
  const { t } = useWords()
  return (person?: Named) => {
    if (!person) return ''
    return person.erased ? t('people.state.erased') : person.name || t('people.unnamed')
  }
}
