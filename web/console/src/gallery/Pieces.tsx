import { Button, Checkbox, DatePicker, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { ProblemError } from '~/api/problem'
import { useJobs } from '~/app/jobs'
import { useToast } from '~/app/toasts'
import {
  ConfirmByName,
  EmptyState,
  type Job,
  MaskedValue,
  PageHeader,
  ProblemNotice,
  ProgressPanel,
  QrCard,
  StatusTag,
  Timeline,
  type TimelineItem,
} from '~/parts'
import { after, before, now, sampleQr } from './data'
import { Case } from './Gallery'
import css from './Gallery.module.css'

const jobs: Job[] = [
  {
    id: 'j1',
    title: '导入 11 月门店名单.xlsx',
    state: 'running',
    done: 31_200,
    total: 100_000,
    unit: '行',
    startedAt: Date.now() - 95_000,
    note: '跳过 31 行重复，12 行有误',
  },
  { id: 'j2', title: '读取群成员.csv', state: 'running', done: 8_410, unit: '行' },
  { id: 'j3', title: '给 200,000 人发周报', state: 'stopped', done: 88_120, total: 200_000, unit: '人' },
  {
    id: 'j4',
    title: '导出用户',
    state: 'done',
    done: 12_480,
    total: 12_480,
    unit: '人',
    to: '/gallery',
    resultLabel: '下载 users-2026-11-21.csv',
  },
  {
    id: 'j5',
    title: '重算健康分',
    state: 'failed',
    done: 1_024,
    total: 12_480,
    unit: '人',
    problem: {
      title: '服务器磁盘已满，没有保存。',
      next: '请管理员腾出磁盘空间后继续，数据没有丢失。',
      code: 'storage.full',
      status: 503,
    },
  },
]

const story: TimelineItem[] = [
  {
    id: 't1',
    at: before(12),
    title: '在“备孕 13 群”提问',
    body: '“叶酸要吃到什么时候？医生说三个月，群里有人说一直吃。”',
    by: '备孕 13 群',
    tone: 'wait',
    kind: 'message',
    to: '/gallery/chat',
  },
  { id: 't2', at: before(31), title: '进入备孕 13 群', by: '活码 · 公众号菜单', tone: 'good', kind: 'circle' },
  {
    id: 't3',
    at: before(42),
    title: '完成实名登记',
    body: '城市：杭州 · 预产期：2027-03-08',
    by: '登记表',
    tone: 'good',
    kind: 'intake',
  },
  { id: 't4', at: before(60 * 14), title: '预约排到第 1,204 位', by: '公众号', kind: 'intake' },
  {
    id: 't5',
    at: before(60 * 38),
    title: '退回订单 #20261120-0031',
    body: '“码数不合适”，退款 ¥168.00 已原路退回',
    by: '陈静',
    tone: 'bad',
    kind: 'order',
  },
]

export function Pieces() {
  const toast = useToast()
  const { follow } = useJobs()
  const [confirm, setConfirm] = useState(false)
  const [kind, setKind] = useState<string>()
  return (
    <>
      <PageHeader title="Pieces" />
      <div className={css.two}>
        <Case name="StatusTag">
          <div className={css.row}>
            <StatusTag>未开始</StatusTag>
            <StatusTag tone="good">在群</StatusTag>
            <StatusTag tone="wait">待审核</StatusTag>
            <StatusTag tone="bad">已拉黑</StatusTag>
            <StatusTag tone="done">已完成</StatusTag>
            <StatusTag bare tone="good">
              在群
            </StatusTag>
            <StatusTag bare tone="wait">
              待审核
            </StatusTag>
          </div>
        </Case>
        <Case name="MaskedValue">
          <div className={css.row}>
            <MaskedValue masked="138 **** 5678" what="手机号" reveal={async () => '138 2046 5678'} />
            <MaskedValue masked="林*" what="真实姓名" />
            <MaskedValue
              masked="150 **** 0912"
              what="手机号"
              reveal={async () => {
                throw new ProblemError({
                  title: '你的角色不能查看完整手机号。',
                  next: '请让客服主管查看。',
                  status: 403,
                })
              }}
            />
          </div>
        </Case>
        <Case name="Timeline">
          <div className={css.card}>
            <Timeline
              items={kind ? story.filter((item) => item.kind === kind) : story}
              kinds={[
                { key: 'message', label: '消息' },
                { key: 'intake', label: '承接' },
                { key: 'circle', label: '群' },
                { key: 'order', label: '订单' },
              ]}
              kind={kind}
              onKind={setKind}
              hasMore
            />
          </div>
        </Case>
        <Case name="QrCard">
          <div className={css.card}>
            <QrCard
              title="公众号菜单活码"
              url="https://q.example.cn/e/7Hk2"
              svg={sampleQr()}
              caption="落到“备孕 13 群”，还有 36 个空位"
            />
          </div>
          <br />
          <div className={css.card}>
            <QrCard
              title="城西门店群"
              url="https://q.example.cn/e/9aXc"
              svg={sampleQr()}
              expiresAt={after(11 * 60)}
              now={now}
              size={120}
            />
          </div>
          <br />
          <div className={css.card}>
            <QrCard
              title="旧的直播间群"
              url="https://q.example.cn/e/1Lm0"
              svg={sampleQr()}
              expiresAt={before(60)}
              now={now}
              size={120}
            />
          </div>
        </Case>
        <Case name="ProgressPanel">
          {jobs.map((job) => (
            <div key={job.id} style={{ marginBottom: 12 }}>
              <ProgressPanel job={job} onStop={() => {}} onRetry={() => {}} onDismiss={() => {}} />
            </div>
          ))}
        </Case>
        <Case name="ProblemNotice">
          <ProblemNotice
            problem={{
              title: '有 2 处没有通过检查，没有保存。',
              detail: '活码“公众号菜单”的放行设置前后矛盾。',
              next: '请按下面两处改正后再保存。',
              code: 'input.fields',
              id: '01J9ZC4Y8Q2M',
              status: 422,
              errors: [
                { pointer: '/doors/opens', detail: '开门时间 2026-11-20 08:00 已经过去。' },
                { pointer: '/doors/rate', detail: '每分钟放行人数要在 1 到 5,000 之间。' },
              ],
            }}
            onRetry={() => {}}
          />
        </Case>
        <Case name="Toasts, jobs dock, ConfirmByName">
          <div className={css.row}>
            <Button onClick={() => toast.done('已保存')}>done</Button>
            <Button onClick={() => toast.undo('已把 3 人移出备孕 13 群', () => toast.done('已移回'))}>undo</Button>
            <Button
              onClick={() =>
                toast.problem(new ProblemError({ title: '系统正忙，没有保存。', next: '请几秒后再试。', status: 503 }))
              }
            >
              problem
            </Button>
            <Button
              onClick={() =>
                jobs.slice(0, 2).map((job) => follow({ id: job.id, poll: async () => job, onStop: () => {} }))
              }
            >
              jobs
            </Button>
            <Button danger onClick={() => setConfirm(true)}>
              解散群
            </Button>
          </div>
          <ConfirmByName
            open={confirm}
            title="解散“备孕 13 群”"
            name="备孕 13 群"
            confirm="解散群"
            consequences={[
              '141 名成员会失去座位，23 个占位立即放回。',
              '消息和记录保留 180 天，之后删除。',
              '已经发出的活码会改落到备孕 14 群。',
            ]}
            onConfirm={async () => toast.done('备孕 13 群已解散')}
            onClose={() => setConfirm(false)}
          />
        </Case>
        <Case name="EmptyState">
          <div className={css.card}>
            <EmptyState
              title="还没有入口"
              body="入口是一个短链接和二维码，扫码的人从这里走进承接路径。"
              step={{ label: '新建入口', to: '/gallery' }}
              also={[{ label: '看一个例子', to: '/gallery' }]}
            />
          </div>
        </Case>
        <Case name="Ant Design under our tokens">
          <div className={css.row}>
            <Button type="primary">保存</Button>
            <Button>预览</Button>
            <Button danger>删除</Button>
            <Button danger type="primary">
              删除
            </Button>
            <Button disabled>保存</Button>
            <Button type="link">查看全部</Button>
            <Switch defaultChecked aria-label="switch" />
            <Checkbox defaultChecked>每天提醒</Checkbox>
            <Input style={{ width: 160 }} placeholder="群名称" aria-label="群名称" />
            <Select
              style={{ width: 140 }}
              defaultValue="fill"
              aria-label="放行方式"
              options={[
                { value: 'fill', label: '先坐满再开' },
                { value: 'least', label: '最空的优先' },
              ]}
            />
            <DatePicker aria-label="日期" />
          </div>
        </Case>
      </div>
    </>
  )
}
