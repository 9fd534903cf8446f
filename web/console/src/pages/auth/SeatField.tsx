import css from './SeatField.module.css'

const columns = 44
const rows = 40
const pitch = 24
const side = 14

/** A number from 0 to 1 that is always the same for the same place. */
function grain(x: number, y: number): number {
  const n = Math.sin(x * 127.1 + y * 311.7) * 43758.5453
  return n - Math.floor(n)
}

/** Circles fill from somewhere: nearer to one of these places, more seats are taken. */
const hearts = [
  [9, 8, 7],
  [27, 15, 10],
  [13, 27, 8],
  [36, 31, 6],
] as const

function kindOf(x: number, y: number): 'taken' | 'held' | 'free' {
  const near = Math.max(...hearts.map(([hx, hy, reach]) => 1 - Math.hypot(x - hx, y - hy) / reach))
  const g = grain(x, y)
  if (near > 0 && g < near * 1.5) return 'taken'
  return near > -0.25 && g > 0.975 ? 'held' : 'free'
}

const square = (x: number, y: number) => `M${x * pitch} ${y * pitch}h${side}v${side}h-${side}z`

const paths = { taken: '', held: '', free: '' }
for (let y = 0; y < rows; y += 1) for (let x = 0; x < columns; x += 1) paths[kindOf(x, y)] += square(x, y)

/** The product's own picture: seats, some taken, a few held for somebody on the way. It stands still. */
export function SeatField() {
  return (
    <svg
      className={css.field}
      viewBox={`0 0 ${columns * pitch} ${rows * pitch}`}
      preserveAspectRatio="xMinYMin slice"
      aria-hidden="true"
      focusable="false"
    >
      <path className={css.free} d={paths.free} />
      <path className={css.taken} d={paths.taken} />
      <path className={css.held} d={paths.held} />
    </svg>
  )
}
