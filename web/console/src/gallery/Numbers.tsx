import { Button } from 'antd'
import {
  Chart,
  DeadlineText,
  Figure,
  FigureRow,
  FunnelSteps,
  PageHeader,
  SeatMap,
  type SeatPool,
  StatusTag,
} from '~/parts'
import { after, before, now } from './data'
import { Case } from './Gallery'
import css from './Gallery.module.css'

const hour = 3_600_000

const funnel = [
  { key: 'follow', label: '关注公众号', count: 20_000, to: '/gallery/list' },
  {
    key: 'reserve',
    label: '回复关键词预约',
    count: 17_860,
    to: '/gallery/list',
    lostTo: '/gallery/list',
    took: 42_000,
    reasons: [{ label: '看过菜单没有回复', count: 1_904 }],
  },
  { key: 'doors', label: '开门放行', count: 15_212, to: '/gallery/list', lostTo: '/gallery/list', took: 9 * hour },
  {
    key: 'form',
    label: '实名登记',
    count: 13_067,
    lostTo: '/gallery/list',
    took: 3 * 60_000,
    reasons: [
      { label: '打开没有填', count: 1_377 },
      { label: '验证码没收到', count: 496 },
      { label: '重复登记', count: 272 },
    ],
  },
  { key: 'seat', label: '分到群座位', count: 13_067, took: 800 },
  {
    key: 'join',
    label: '进群',
    count: 11_842,
    lostTo: '/gallery/list',
    took: 11 * 60_000,
    reasons: [{ label: '座位到时放回', count: 1_225 }],
  },
  { key: 'welcome', label: '收到欢迎', count: 11_842, took: 9_000 },
]

const pools: SeatPool[] = Array.from({ length: 12 }, (_, i) => {
  const no = i + 7
  if (i < 6)
    return {
      id: `g${no}`,
      name: `备孕 ${no} 群`,
      capacity: 200,
      taken: 200 - (i % 2),
      held: i % 2,
      to: '/gallery/chat',
    }
  if (i === 6)
    return { id: `g${no}`, name: `备孕 ${no} 群`, capacity: 200, taken: 141, held: 23, next: true, to: '/gallery/chat' }
  if (i === 7)
    return {
      id: `g${no}`,
      name: `备孕 ${no} 群`,
      capacity: 200,
      taken: 36,
      held: 0,
      state: 'frozen' as const,
      note: '值班课代表请假到 11-23',
    }
  if (i === 11) return { id: 'hall', name: '线上大会', capacity: 5000, taken: 3120, held: 214, to: '/gallery/chat' }
  return { id: `g${no}`, name: `备孕 ${no} 群`, capacity: 200, taken: 0, held: 0 }
})

const days = ['11-15', '11-16', '11-17', '11-18', '11-19', '11-20', '11-21']
const arrivals = [1204, 1388, 1120, 1675, 2310, 1986, 1492]
const joined = [1010, 1176, 948, 1402, 1890, 1655, 1187]

const option = {
  grid: { left: 48, right: 56, top: 16, bottom: 28 },
  tooltip: { trigger: 'axis' },
  xAxis: { type: 'category', data: days },
  yAxis: { type: 'value', min: 0 },
  series: [
    { type: 'line', name: '到达', data: arrivals, endLabel: { show: true, formatter: '到达' } },
    { type: 'line', name: '进群', data: joined, endLabel: { show: true, formatter: '进群' } },
  ],
}

export function Numbers() {
  return (
    <>
      <PageHeader
        title="今日"
        question="现在有什么等着人做？"
        meta={<StatusTag tone="good">明早 8 点开门，还剩 37 个名额</StatusTag>}
        actions={<Button type="primary">打开预约</Button>}
      />
      <Case name="Figure, FigureRow">
        <FigureRow>
          <Figure label="今天进群" value={1_187} target={2_000} to="/gallery/list" unit="人" />
          <Figure label="等人处理" value={57} waits to="/gallery/list" note="最早的一件已超 3 小时" />
          <Figure kind="rate" label="到达后进群" value={11_842} of={20_000} unit="人" target={65} to="/gallery/list" />
          <Figure kind="money" label="本月会员收入" value={18_640_900} target={30_000_000} to="/gallery/list" />
          <Figure
            kind="rate"
            label="续费率（11 月到期）"
            value={83}
            of={214}
            unit="人"
            target={35}
            to="/gallery/list"
          />
          <Figure label="沉默 90 天" value={3_914} loading />
        </FigureRow>
      </Case>
      <div className={css.two}>
        <Case name="FunnelSteps">
          <div className={css.card}>
            <FunnelSteps label="承接路径 5.0，11 月 15 日至 21 日" unit="人" steps={funnel} />
          </div>
        </Case>
        <Case name="Chart (ECharts, loaded when shown)">
          <div className={css.card}>
            <Chart
              title="每天到达与进群"
              subtitle="11,175 人到达，9,268 人进群，2026-11-15 至 2026-11-21"
              option={option}
              table={[['日期', '到达', '进群'], ...days.map((day, i) => [day, arrivals[i] ?? 0, joined[i] ?? 0])]}
            />
          </div>
        </Case>
      </div>
      <Case name="SeatMap">
        <div className={css.card}>
          <SeatMap label="备孕群座位" unit="人" pools={pools} />
        </div>
      </Case>
      <Case name="DeadlineText">
        <div className={css.row}>
          <DeadlineText at={after(26 * 60)} now={now} />
          <DeadlineText at={after(95)} now={now} />
          <DeadlineText at={after(0.4)} now={now} />
          <DeadlineText at={before(190)} now={now} />
          <DeadlineText at={before(60)} doneAt={before(120)} />
          <DeadlineText at={before(3000)} doneAt={before(60)} />
        </div>
      </Case>
    </>
  )
}
