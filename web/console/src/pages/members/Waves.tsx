import type { Offer } from '~/api/members'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import css from './Members.module.css'

/** The places of each wave: sold full, kept for who is paying hatched, left empty; the numbers stand beside. */
export function Waves({ offer }: { offer: Offer }) {
  const { t } = useWords()
  const format = useFormat()
  const now = useNow()
  const waves = offer.waves ?? []
  if (waves.length === 0) return <p className={css.note}>{t('members.wave.none')}</p>
  return (
    <ul className={css.waves} aria-label={t('members.waves')}>
      {waves.map((wave) => {
        const c = (offer.sold ?? []).find((other) => other.wave === wave.name)
        const [sold, held] = [c?.sold ?? 0, c?.held ?? 0]
        const room = c?.room ?? wave.quota
        const share = (n: number) => `${Math.min(100, (100 * n) / Math.max(1, wave.quota))}%`
        const when = () => {
          if (wave.opens && Date.parse(wave.opens) > now)
            return t('members.wave.opens', { at: format.dateTime(wave.opens) })
          if (wave.closes && Date.parse(wave.closes) <= now) return t('members.wave.closed')
          return ''
        }
        return (
          <li key={wave.name}>
            <span className={css.waveHead}>
              <span>
                {wave.name} <span className={css.price}>{format.money(wave.price)}</span>
              </span>
              <span className={css.note}>{t('members.wave.left', { room, quota: wave.quota })}</span>
            </span>
            <span className={css.track} aria-hidden="true">
              {sold > 0 && <i data-kind="sold" style={{ width: share(sold) }} />}
              {held > 0 && <i data-kind="held" style={{ width: share(held) }} />}
            </span>
            <span className={css.note}>
              {[t('members.wave.sold', { count: sold }), held > 0 && t('members.wave.held', { count: held }), when()]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
