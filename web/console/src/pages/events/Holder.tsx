import { Link } from 'react-router'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'

/** Somebody in a list of an event, with the way to their page. */
export function Holder({ slug, person, name }: { slug: string; person?: string; name?: string }) {
  const { t } = useWords()
  if (!person) return null
  return <Link to={communityPath(slug, `people/${person}`)}>{name || t('people.unnamed')}</Link>
}
