import { type ReactNode, useEffect } from 'react'
import { Link } from 'react-router'
import { useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import css from './PageHeader.module.css'

export interface Crumb {
  label: string
  to?: string
}

interface Props {
  title: string
  /** The question this page answers, in the operator's words. */
  question?: string
  /** The way here, outermost first; the page itself is not in it. */
  crumbs?: Crumb[]
  /** State or facts beside the title. */
  meta?: ReactNode
  /** At most one primary button among them. */
  actions?: ReactNode
}

/** The head of a page: where am I, what does this page answer, what is the main thing to do. Also names the browser tab. */
export function PageHeader({ title, question, crumbs = [], meta, actions }: Props) {
  const { t } = useWords()
  const community = useCommunity()
  useTabTitle(title, community?.name)
  return (
    <header className={css.header}>
      <div className={css.words}>
        {crumbs.length > 0 && (
          <nav aria-label={t('frame.crumbs')}>
            <ol className={css.crumbs}>
              {crumbs.map((crumb) => (
                <li key={crumb.label}>{crumb.to ? <Link to={crumb.to}>{crumb.label}</Link> : crumb.label}</li>
              ))}
            </ol>
          </nav>
        )}
        <div className={css.line}>
          {/* Takes the focus after a change of page, so that screen readers say where they are. */}
          <h1 className={css.title} tabIndex={-1} data-page-title>
            {title}
          </h1>
          {meta}
          {question && <p className={css.question}>{question}</p>}
        </div>
      </div>
      {actions && <div className={css.actions}>{actions}</div>}
    </header>
  )
}

/** 用户 · 妈妈圈 · 群策 */
export function useTabTitle(title: string, community?: string) {
  const { t } = useWords()
  const name = t('common.product')
  useEffect(() => {
    document.title = [title, community, name].filter(Boolean).join(' · ')
  }, [title, community, name])
}
