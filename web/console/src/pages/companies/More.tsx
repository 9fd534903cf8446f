import { Button } from 'antd'
import { useWords } from '~/i18n'
import page from '../page.module.css'

interface Props {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}

/** Leads to the rest of a list that comes in pages. */
export function More({ query }: Props) {
  const { t } = useWords()
  if (!query.hasNextPage) return null
  return (
    <Button
      type="link"
      className={page.further}
      loading={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {t('growth.further')}
    </Button>
  )
}
