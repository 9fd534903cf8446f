import { useWords } from '~/i18n'
import { isMac } from '~/lib/hooks'
import { Dialog } from '~/parts/Dialog'
import css from './KeyboardHelp.module.css'
import type { PageEntry } from './pages'

interface Props {
  open: boolean
  onClose: () => void
  pages: PageEntry[]
}

/** Every key that does something, on one card. */
export function KeyboardHelp({ open, onClose, pages }: Props) {
  const { t } = useWords()
  const general: [string, string][] = [
    [isMac() ? '⌘ K' : 'Ctrl K', t('frame.keys.palette')],
    ['/', t('frame.keys.search')],
    ['?', t('frame.keys.help')],
    ['↑ ↓ / j k', t('frame.keys.rows')],
    ['x', t('frame.keys.pick')],
    ['Shift', t('frame.keys.range')],
    ['Enter', t('frame.keys.open')],
  ]
  return (
    <Dialog open={open} title={t('frame.user.keys')} onClose={onClose} width={560}>
      <div className={css.columns}>
        <Keys title={t('frame.keys.general')} rows={general} />
        <Keys title={t('frame.keys.go')} rows={pages.map((page) => [`g ${page.go}`, t(page.title)])} />
      </div>
    </Dialog>
  )
}

function Keys({ title, rows }: { title: string; rows: [string, string][] }) {
  return (
    <section>
      <h3 className={css.title}>{title}</h3>
      <dl className={css.list}>
        {rows.map(([keys, what]) => (
          <div key={keys} className={css.row}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
