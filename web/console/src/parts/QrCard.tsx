import { Button } from 'antd'
import { Check, Copy, Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useCopy, useNow } from '~/lib/hooks'
import css from './QrCard.module.css'
import { StatusTag } from './StatusTag'

interface Props {
  title: string
  /** The short link inside the code. */
  url: string
  /** The code as the server drew it. Shown as a picture, so whatever is in it cannot run. */
  svg: string
  /** What the scanner gets: 落到“备孕 12 群” */
  caption?: ReactNode
  /** Pictures of outside groups end; ours don't. */
  expiresAt?: string | number
  /** Switched off or replaced: the picture is not shown, because people would go on spreading it. */
  retired?: boolean
  actions?: ReactNode
  size?: number
  now?: number
}

const day = 86_400_000

/** A QR code with its link, ready to be copied, saved and put up. A code that has ended is never shown. */
export function QrCard({ title, url, svg, caption, expiresAt, retired, actions, size = 168, now }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const clock = useNow()
  const { copied, copy } = useCopy()
  const left = expiresAt === undefined ? undefined : new Date(expiresAt).getTime() - (now ?? clock)
  const ended = retired || (left !== undefined && left <= 0)
  const picture = svgSource(svg)
  return (
    <div className={css.card} role="group" aria-label={title}>
      <div className={css.frame} style={{ width: size, height: size }}>
        {ended ? (
          <span className={css.ended}>{retired ? t('parts.qr.retired') : t('parts.qr.ended')}</span>
        ) : (
          <img src={picture} alt={t('parts.qr.alt', { title, url })} width={size - 16} height={size - 16} />
        )}
      </div>
      <div className={css.text}>
        <p className={css.title}>{title}</p>
        {caption && <p className={css.caption}>{caption}</p>}
        <p className={css.url}>
          <code>{url.replace(/^https?:\/\//, '')}</code>
        </p>
        {left !== undefined && !ended && (
          <p>
            <StatusTag tone={left < day ? 'wait' : 'plain'}>
              {t('parts.qr.left', { span: format.span(left), at: format.dateTime(expiresAt ?? 0) })}
            </StatusTag>
          </p>
        )}
        <div className={css.actions}>
          <Button
            size="small"
            icon={copied ? <Check size={14} /> : <Copy size={14} />}
            disabled={ended}
            onClick={() => copy(url)}
          >
            {copied ? t('common.copied') : t('parts.qr.copy')}
          </Button>
          {!ended && (
            <Button size="small" icon={<Download size={14} />} href={picture} download={`${title}.svg`}>
              {t('parts.qr.save')}
            </Button>
          )}
          {actions}
        </div>
      </div>
    </div>
  )
}

/** An SVG text as an image address. An <img> runs no script and loads nothing, whatever the text says. */
export const svgSource = (svg: string) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
