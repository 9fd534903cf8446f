import type { Community, Operator } from '~/api/auth'

export const operator: Operator = { id: 'op1', name: '周敏', email: 'zhoumin@example.cn', totp: false, installer: true }

export const communities: [Community, ...Community[]] = [
  {
    id: 'c1',
    slug: 'mothers',
    name: '十月妈妈圈',
    zone: 'Asia/Shanghai',
    playbook: 'mothers',
    lang: 'zh-Hans',
    roles: ['owner'],
  },
  {
    id: 'c2',
    slug: 'operators',
    name: '操盘手俱乐部',
    zone: 'Asia/Shanghai',
    playbook: 'operators',
    lang: 'zh-Hans',
    roles: ['owner'],
  },
  {
    id: 'c3',
    slug: 'academy',
    name: '创始人学院',
    zone: 'Asia/Shanghai',
    playbook: 'academy',
    lang: 'zh-Hans',
    roles: ['service'],
  },
]

/** The moment at which the gallery stands. */
export const now = Date.parse('2026-11-21T14:30:00+08:00')
export const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
export const after = (minutes: number) => new Date(now + minutes * 60_000).toISOString()

/** A stand-in for a code drawn by the server: three finders and noise that is always the same. */
export function sampleQr(): string {
  const n = 29
  let d = ''
  const inFinder = (x: number, y: number) => (x < 8 && y < 8) || (x > n - 9 && y < 8) || (x < 8 && y > n - 9)
  for (let y = 0; y < n; y += 1) {
    for (let x = 0; x < n; x += 1) {
      const g = Math.sin(x * 12.9898 + y * 78.233) * 43758.5453
      if (!inFinder(x, y) && g - Math.floor(g) > 0.52) d += `M${x} ${y}h1v1h-1z`
    }
  }
  for (const [x, y] of [
    [0, 0],
    [n - 7, 0],
    [0, n - 7],
  ] as const) {
    d += `M${x} ${y}h7v7h-7zM${x + 1} ${y + 1}v5h5v-5zM${x + 2} ${y + 2}h3v3h-3z`
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 ${n + 2} ${n + 2}" shape-rendering="crispEdges"><path fill="#1F2937" fill-rule="evenodd" d="${d}"/></svg>`
}
