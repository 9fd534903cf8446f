import { useEffect, useRef, useState } from 'react'
import { useWords } from '~/i18n'
import { useTheme } from '~/theme'
import css from './Chart.module.css'
import type { ChartOption, draw } from './engine'

type Drawing = ReturnType<typeof draw>

interface Props {
  title: string
  /** The denominator and the period: 12,480 名用户，2026-11-01 至 2026-11-21 */
  subtitle: string
  /** Bars start at zero; direct labels before legends. */
  option: ChartOption
  /** The same numbers as rows, for those who read rather than look. The first row is the head. */
  table: (string | number)[][]
  height?: number
  onClick?: (event: { dataIndex: number; seriesIndex?: number; name: string }) => void
}

/** A chart and, one press away, its table. ECharts is loaded with the first one. */
export function Chart({ title, subtitle, option, table, height = 260, onClick }: Props) {
  const { t } = useWords()
  const [asTable, setAsTable] = useState(false)
  return (
    <figure className={css.chart}>
      <figcaption className={css.caption}>
        <span>
          <span className={css.title}>{title}</span>
          <span className={css.subtitle}>{subtitle}</span>
        </span>
        <button type="button" className={css.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t('parts.chart.asChart') : t('parts.chart.asTable')}
        </button>
      </figcaption>
      {asTable ? (
        <Rows title={title} table={table} height={height} />
      ) : (
        <Canvas {...{ title, option, height, onClick }} />
      )}
    </figure>
  )
}

function Canvas({ title, option, height, onClick }: Pick<Props, 'title' | 'option' | 'height' | 'onClick'>) {
  const { t, language } = useWords()
  const { theme } = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing | undefined>(undefined)
  const latest = useRef({ option, onClick })
  useEffect(() => {
    latest.current = { option, onClick }
    drawing.current?.set(option)
  }, [option, onClick])
  useEffect(() => {
    let left = false
    void import('./engine').then(({ draw }) => {
      if (left || !box.current) return
      const made = draw(box.current, theme, language)
      made.set(latest.current.option)
      made.onClick((event) => latest.current.onClick?.(event))
      drawing.current = made
    })
    return () => {
      left = true
      drawing.current?.dispose()
      drawing.current = undefined
    }
  }, [theme, language])
  return <div ref={box} role="img" aria-label={t('parts.chart.alt', { title })} style={{ height }} />
}

function Rows({ title, table, height }: { title: string; table: (string | number)[][]; height: number }) {
  const [head = [], ...rows] = table
  return (
    <section className={css.scroll} style={{ maxHeight: height }} aria-label={title}>
      <table className={css.table}>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join('|')}>
              {row.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
                <td key={i}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
