import { expect, test } from 'vitest'
import { fill, parse, placeholders } from './message'

const say = (message: string, values: Record<string, string | number> = {}, language = 'en') =>
  fill(message, values, language).join('')

test('names and groups numbers', () => {
  expect(say('{from}–{to} of {total} {unit}', { from: 1, to: 50, total: 12480, unit: 'people' })).toBe(
    '1–50 of 12,480 people',
  )
})

test('plurals follow the language', () => {
  const seats = '{count, plural, =0 {no seats} one {# seat} other {# seats}} left'
  expect(say(seats, { count: 0 })).toBe('no seats left')
  expect(say(seats, { count: 1 })).toBe('1 seat left')
  expect(say(seats, { count: 1204 })).toBe('1,204 seats left')
  expect(say('{count, plural, one {# for {who}} other {# for {who}}}', { count: 2, who: 'Lin' })).toBe('2 for Lin')
})

test('a missing value and a broken message are mistakes, not gaps', () => {
  expect(() => say('{name} left', {})).toThrow('name')
  expect(() => parse('{count, plural, one {# seat}}')).toThrow('other')
  expect(() => parse('left }')).toThrow('brace')
  expect(() => parse('{not-a-name}')).toThrow('placeholder')
})

test('placeholders include those of the branches', () => {
  expect(placeholders('{b} {count, plural, one {{a}} other {#}}')).toEqual(['a', 'b', 'count'])
})

test('no space between Chinese characters, one beside figures', () => {
  expect(say('还剩 {span}', { span: '3 小时' }, 'zh-Hans')).toBe('还剩 3 小时')
  expect(say('还剩 {span}', { span: '不到 1 分钟' }, 'zh-Hans')).toBe('还剩不到 1 分钟')
  expect(say('迟 {span} 完成', { span: '2 天' }, 'zh-Hans')).toBe('迟 2 天完成')
  expect(say('{count} {unit}', { count: 5, unit: '人' }, 'zh-Hans')).toBe('5 人')
})
