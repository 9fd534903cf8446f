import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { namesQuery } from '~/api/money'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'

/**
 * Somebody in a list of an event, with the way to their page. Who has no nickname goes by their masked real name, as in the
 * list of people.
 */
export function Holder({ slug, person, name }: { slug: string; person?: string; name?: string }) {
  const { t } = useWords()
  const names = useQuery(namesQuery(slug, person && !name ? [person] : []))
  if (!person) return null
  const known = names.data?.get(person)
  if (known?.erased) return t('people.state.erased')
  return <Link to={communityPath(slug, `people/${person}`)}>{name || known?.name || t('people.unnamed')}</Link>
}
