import { useCallback, useLayoutEffect, useRef, useState } from 'react'

const near = 48

/**
 * Stays at the newest message only while the reader is there. Above, nothing moves by itself: new messages are counted, and
 * older ones loaded at the top leave the lines where they were.
 */
export function useChatScroll(first: string | undefined, last: string | undefined, count: number, mine: boolean) {
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const seen = useRef({ first, last, count, height: 0 })
  const [unseen, setUnseen] = useState(0)

  const toEnd = useCallback(() => {
    const element = box.current
    if (element) element.scrollTop = element.scrollHeight
    atEnd.current = true
    setUnseen(0)
  }, [])

  const onScroll = useCallback(() => {
    const element = box.current
    if (!element) return
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < near
    if (atEnd.current) setUnseen(0)
  }, [])

  useLayoutEffect(() => {
    const element = box.current
    const before = seen.current
    if (!element) return
    const grown = count - before.count
    if (first !== before.first && last === before.last && grown > 0) {
      element.scrollTop += element.scrollHeight - before.height // older ones came in above
    } else if (atEnd.current || (last !== before.last && mine)) {
      toEnd()
    } else if (last !== before.last && grown > 0) {
      setUnseen((n) => n + grown)
    }
    seen.current = { first, last, count, height: element.scrollHeight }
  }, [first, last, count, mine, toEnd])

  return { box, onScroll, unseen, toEnd }
}
