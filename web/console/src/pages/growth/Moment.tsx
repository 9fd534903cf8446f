import { DatePicker } from 'antd'
import type { Dayjs } from 'dayjs'
import dayjs from 'dayjs'
import type { KeyboardEvent } from 'react'
import { type Format, instantAt } from '~/i18n/format'
import page from '../page.module.css'

/** Enter takes the moment that was typed; it does not send the form. */
const stays = (event: KeyboardEvent) => {
  if (event.key === 'Enter') event.preventDefault()
}

interface Props {
  id?: string
  value?: Dayjs | null
  onChange?: (value: Dayjs | null) => void
  clear?: boolean
}

/** A minute on the community's clock, whatever the browser's zone. */
export const Moment = ({ clear = false, ...rest }: Props) => (
  <DatePicker
    {...rest}
    allowClear={clear}
    showTime={{ format: 'HH:mm' }}
    format="YYYY-MM-DD HH:mm"
    className={page.wide}
    onKeyDown={stays}
  />
)

/** An instant as the picker shows it, and back. */
export const wallOf = (at: string | number, format: Format): Dayjs => dayjs(`${format.date(at)}T${format.time(at)}`)
export const instantOf = (wall: Dayjs, format: Format): string =>
  instantAt(wall.format('YYYY-MM-DDTHH:mm'), format.zone)
