import { useQuery } from '@tanstack/react-query'
import { namesQuery } from '~/api/money'
import { useWords } from '~/i18n'

/** How somebody is called in a sentence: by their nickname, else by their masked real name. */
export function useName(slug: string, person?: string, nickname?: string): string {
  const { t } = useWords()
  const names = useQuery(namesQuery(slug, person && !nickname ? [person] : []))
  return nickname || (person && names.data?.get(person)?.name) || t('people.unnamed')
}
