import { UserRound } from 'lucide-react'
import type { SearchProvider } from '~/app/palette/commands'
import type { FilterSpec, ListAnswer, ListColumn, ListRequest, Segment } from '~/parts'
import { DeadlineText, MaskedValue, StatusTag, type Tone } from '~/parts'
import { now } from './data'

export interface Person {
  id: string
  name: string
  city: string
  stage: string
  tone: Tone
  circle: string
  source: string
  owner: string
  phone: string
  actions: number
  spent: number
  joined: string
  due?: number
}

const surnames = [...'陈林王李张刘杨黄赵周吴徐孙胡朱高何郭马罗梁宋郑谢韩唐冯于董萧']
const given = [
  '雨桐',
  '思琪',
  '佳怡',
  '晓燕',
  '梦洁',
  '静',
  '丽华',
  '欣怡',
  '婉婷',
  '敏',
  '小鱼妈',
  '子涵妈妈',
  '晨曦',
  '若兰',
  '春梅',
  '玉婷',
]
const cities = ['杭州', '成都', '上海', '武汉', '长沙', '深圳', '苏州', '西安', '郑州', '佛山']
const stages: [string, Tone][] = [
  ['备孕', 'plain'],
  ['孕 12 周', 'good'],
  ['孕 31 周', 'good'],
  ['待产', 'wait'],
  ['育儿 4 月龄', 'good'],
  ['育儿 11 月龄', 'good'],
]
const sources = ['公众号菜单', '小红书 11 月', '老成员邀请', '门店海报', '抖音直播间']
const owners = ['李倩', '王若琳', '陈静', '—']

const pick = <T,>(list: readonly T[], i: number): T => list[i % list.length] as T

export const people: Person[] = Array.from({ length: 412 }, (_, i) => {
  const stage = pick(stages, i * 7 + Math.floor(i / 5))
  return {
    id: `p${i}`,
    name: pick(surnames, i * 7) + pick(given, i * 5 + Math.floor(i / 9)),
    city: pick(cities, i * 3 + Math.floor(i / 4)),
    stage: stage[0],
    tone: stage[1],
    circle: `${stage[0].slice(0, 2)} ${1 + ((i * 5) % 23)} 群`,
    source: pick(sources, i * 2 + Math.floor(i / 7)),
    owner: pick(owners, i + Math.floor(i / 6)),
    phone: `1${38 + (i % 20)} **** ${String(1000 + ((i * 7919) % 9000))}`,
    actions: (i * 37) % 61,
    spent: ((i * 7331) % 4200) * 100 + (i % 3 === 0 ? 0 : 90),
    joined: new Date(now - i * 5_400_000).toISOString(),
    due: i % 4 === 1 ? now + ((i % 9) - 3) * 7_200_000 : undefined,
  }
})

export const columns: ListColumn<Person>[] = [
  { id: 'name', header: '姓名', main: true, width: 136, cell: (p) => p.name },
  { id: 'stage', header: '阶段', width: 120, cell: (p) => <StatusTag tone={p.tone}>{p.stage}</StatusTag> },
  { id: 'city', header: '城市', width: 72, cell: (p) => p.city },
  { id: 'circle', header: '所在群', width: 112, cell: (p) => p.circle },
  { id: 'source', header: '来源', width: 120, cell: (p) => p.source },
  {
    id: 'phone',
    header: '手机',
    width: 168,
    cell: (p) => <MaskedValue masked={p.phone} what="手机号" reveal={async () => p.phone.replace('****', '2046')} />,
  },
  { id: 'owner', header: '跟进人', width: 88, cell: (p) => p.owner },
  {
    id: 'due',
    header: '下一步',
    width: 112,
    sortable: true,
    cell: (p) => p.due && <DeadlineText at={p.due} now={now} />,
  },
  { id: 'actions', header: '价值行为', width: 96, align: 'right', sortable: true, cell: (p) => p.actions },
  {
    id: 'spent',
    header: '累计消费',
    width: 112,
    align: 'right',
    sortable: true,
    cell: (p) => `¥${(p.spent / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`,
  },
  {
    id: 'joined',
    header: '加入时间',
    width: 144,
    sortable: true,
    hidden: true,
    cell: (p) => p.joined.slice(0, 16).replace('T', ' '),
  },
]

export const segments: Segment[] = [
  { id: 'all', label: '全部', count: 12_480 },
  { id: 'new', label: '今天新来', count: 326 },
  { id: 'follow', label: '待跟进', count: 57, waits: true },
  { id: 'labour', label: '30 天内预产', count: 208 },
  { id: 'silent', label: '90 天没有动静', count: 3_914 },
  { id: 'reach', label: '只有一种联系方式', count: 1_102 },
]

export const filters: FilterSpec[] = [
  {
    id: 'city',
    label: '城市',
    kind: 'choice',
    many: true,
    options: cities.map((value) => ({ value, label: value })),
  },
  { id: 'source', label: '来源', kind: 'choice', options: sources.map((value) => ({ value, label: value })) },
  { id: 'joined', label: '加入时间', kind: 'dates', params: ['from', 'to'] },
  { id: 'spent', label: '累计消费', kind: 'numbers', unit: '元', params: ['spent_from', 'spent_to'] },
  { id: 'tag', label: '标签', kind: 'text' },
]

/** Does what the server does, on 412 people. */
export function answer(request: ListRequest): ListAnswer<Person> {
  const { q, segment, sort, filters: f, cursor, limit } = request
  let rows = people.filter(
    (p) =>
      (!q || `${p.name}${p.phone}${p.circle}`.includes(q)) &&
      (!segment || p.id.length % 2 === segment.length % 2 || p.due !== undefined) &&
      (!f.city || f.city.split(',').includes(p.city)) &&
      (!f.source || p.source === f.source),
  )
  if (sort) {
    const key = sort.replace(/^-/, '') as 'actions' | 'spent'
    rows = rows.toSorted((a, b) => (Number(a[key] ?? 0) - Number(b[key] ?? 0)) * (sort.startsWith('-') ? -1 : 1))
  }
  const from = Number(cursor ?? 0)
  const end = from + limit
  return { items: rows.slice(from, end), next: end < rows.length ? String(end) : null, total: rows.length }
}

export const peopleProvider: SearchProvider = {
  id: 'people',
  title: '用户',
  search: async (query) =>
    people
      .filter((p) => `${p.name}${p.phone}`.includes(query))
      .slice(0, 6)
      .map((p) => ({
        id: p.id,
        title: p.name,
        hint: `${p.phone.slice(-4)} · ${p.circle}`,
        icon: UserRound,
        to: '/gallery/list',
      })),
}
