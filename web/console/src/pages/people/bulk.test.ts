import { expect, test } from 'vitest'
import { ProblemError } from '~/api/problem'
import { byReason, toEach, together } from './bulk'

const ids = Array.from({ length: 50 }, (_, i) => `p${i}`)
const refusal = (status: number, detail = 'x') => new ProblemError({ title: detail, detail, status })
const going = () => new AbortController()

test('everybody is in one of the sums, whatever came of them', async () => {
  const act = async (id: string) => {
    if (id === 'p7' || id === 'p8') throw refusal(404, '没有这个人')
    if (id === 'p9') throw refusal(409, '已删除')
    return Number(id.slice(1)) % 2 === 0
  }
  const heard: number[] = []
  const out = await toEach(ids, act, going().signal, (n) => heard.push(n))
  expect(out).toMatchObject({ changed: 24, same: 23, left: [] })
  expect(heard.at(-1)).toBe(50)
  expect(byReason(out.failed).map((group) => group.ids)).toEqual([['p7', 'p8'], ['p9']])
})

test('a refusal that would meet everybody stops it, and nobody is forgotten', async () => {
  let asked = 0
  const act = async (id: string) => {
    asked += 1
    if (id === 'p10') throw refusal(503)
    return true
  }
  const out = await toEach(ids, act, going().signal, () => {})
  expect(out.halt?.status).toBe(503)
  expect(asked).toBeLessThan(20)
  expect(out.changed + out.left.length).toBe(50)
  expect(out.left).toContain('p10')
  const rest = await toEach(
    out.left,
    async () => true,
    going().signal,
    () => {},
  )
  expect(together(out, rest)).toEqual({ changed: 50, same: 0, failed: [], left: [] })
})

test('stopped by hand, the rest is left to be done', async () => {
  const control = going()
  const done: string[] = []
  const act = async (id: string) => {
    done.push(id)
    if (id === 'p5') control.abort()
    return true
  }
  const out = await toEach(ids, act, control.signal, () => {})
  expect(out.halt).toBeUndefined()
  expect(out.changed).toBe(done.length)
  expect([...done, ...out.left].sort()).toEqual([...ids].sort())
})
