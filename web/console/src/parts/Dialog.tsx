import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '~/i18n'
import css from './Dialog.module.css'
import { Overlay } from './Overlay'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  width?: number
  /** A sheet from the right instead of a card: for a person or a circle beside the list it came from. */
  side?: boolean
  children: ReactNode
}

export function Dialog({ open, onClose, title, width = 480, side = false, children }: Props) {
  const { t } = useWords()
  if (!open) return null
  return (
    <Overlay onClose={onClose} label={title} width={width} place={side ? 'side' : 'middle'}>
      <div className={css.head}>
        <h2 className={css.title}>{title}</h2>
        <button type="button" className={css.close} aria-label={t('common.close')} onClick={onClose}>
          <X size={16} />
        </button>
      </div>
      <div className={css.body}>{children}</div>
    </Overlay>
  )
}
