import { fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ProblemError } from '~/api/problem'
import { show } from '~/test/render'
import {
  ChatPane,
  ConfirmByName,
  DeadlineText,
  Dialog,
  Figure,
  FunnelSteps,
  type Job,
  MaskedValue,
  ProblemNotice,
  QrCard,
} from '.'
import { timeLeft } from './ProgressPanel'
import { cellCounts } from './SeatMap'

const now = Date.parse('2026-11-21T14:30:00+08:00')

test('a masked value asks for a reason, shows, and hides again', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const reveal = vi.fn(async () => '138 2046 5678')
  show(<MaskedValue masked="138 **** 5678" what="手机号" reveal={reveal} hideAfter={80} />)
  await user.click(screen.getByRole('button', { name: '查看完整手机号' }))
  expect(screen.getByRole('button', { name: '查看' }).hasAttribute('disabled')).toBe(true)
  await user.click(screen.getByRole('button', { name: '电话回访' }))
  await user.click(screen.getByRole('button', { name: '查看' }))
  expect(await screen.findByText('138 2046 5678')).toBeTruthy()
  expect(reveal).toHaveBeenCalledWith('电话回访')
  expect(await screen.findByText('138 **** 5678')).toBeTruthy()
})

test('without the right to look there is no button', () => {
  show(<MaskedValue masked="林*" what="真实姓名" />)
  expect(screen.queryByRole('button')).toBeNull()
})

test('a refused look says why and shows nothing', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const reveal = async () => {
    throw new ProblemError({ title: '你的角色不能查看完整手机号。', next: '请让客服主管查看。', status: 403 })
  }
  show(<MaskedValue masked="138 **** 5678" what="手机号" reveal={reveal} />)
  await user.click(screen.getByRole('button', { name: '查看完整手机号' }))
  await user.type(await screen.findByRole('textbox'), '回访{Enter}')
  expect((await screen.findByRole('alert')).textContent).toContain('请让客服主管查看')
})

test('what cannot be undone needs the name, letter for letter', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const confirm = vi.fn(async () => {})
  const close = vi.fn()
  show(
    <ConfirmByName
      open
      title="解散群"
      name="备孕 13 群"
      consequences={['141 名成员会失去座位。']}
      confirm="解散群"
      onConfirm={confirm}
      onClose={close}
    />,
  )
  const button = screen.getByRole('button', { name: '解散群' })
  const field = screen.getByRole('textbox')
  await user.type(field, '备孕 12 群{Enter}')
  expect(button.hasAttribute('disabled')).toBe(true)
  expect(confirm).not.toHaveBeenCalled()
  await user.clear(field)
  await user.type(field, '备孕 13 群{Enter}')
  await waitFor(() => expect(close).toHaveBeenCalled())
  expect(confirm).toHaveBeenCalledOnce()
})

test('a dialog takes the focus, makes the page inert, closes with Escape and gives the focus back', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const root = document.createElement('div')
  root.id = 'root'
  document.body.append(root)
  const opener = document.createElement('button')
  document.body.append(opener)
  opener.focus()
  const close = vi.fn()
  const { unmount } = show(
    <Dialog open title="新建入口" onClose={close}>
      <input aria-label="名称" />
    </Dialog>,
  )
  expect(document.activeElement).toBe(screen.getByLabelText('名称'))
  expect(root.hasAttribute('inert')).toBe(true)
  await user.keyboard('{Escape}')
  expect(close).toHaveBeenCalledOnce()
  unmount()
  expect(root.hasAttribute('inert')).toBe(false)
  expect(document.activeElement).toBe(opener)
  root.remove()
  opener.remove()
})

test('deadlines are told as time left, and exactly in the title', () => {
  show(
    <>
      <DeadlineText at="2026-11-21T18:00:00+08:00" now={now} />
      <DeadlineText at="2026-11-19T14:00:00+08:00" now={now} />
      <DeadlineText at="2026-11-21T12:00:00+08:00" doneAt="2026-11-21T13:30:00+08:00" />
    </>,
  )
  expect(screen.getByText('还剩 3 小时').getAttribute('title')).toBe('2026-11-21 18:00 Asia/Shanghai')
  expect(screen.getByText('已超 2 天').dataset.state).toBe('late')
  expect(screen.getByText('迟 1 小时完成')).toBeTruthy()
})

test('a rate shows its denominator, a target what is missing', () => {
  show(
    <>
      <Figure kind="rate" label="成交率" value={11} of={400} unit="人" target={3} to="/people" />
      <Figure kind="money" label="收入" value={6380000} target={5000000} />
    </>,
  )
  expect(screen.getByText('11 / 400 人')).toBeTruthy()
  expect(screen.getByText('目标 3%，还差 0.3 个百分点')).toBeTruthy()
  expect(screen.getByRole('link', { name: '成交率 2.75%' }).getAttribute('href')).toBe('/people')
  expect(screen.getByText('目标 ¥50,000.00，已达成')).toBeTruthy()
})

test('a funnel says what was lost at each step, of how many', () => {
  const steps = [
    { key: 'a', label: '关注', count: 20000 },
    { key: 'b', label: '预约', count: 17860, lostTo: '/lost' },
    { key: 'c', label: '开门', count: 17860 },
  ]
  show(<FunnelSteps label="承接" unit="人" steps={steps} />)
  expect(screen.getByText('占比以进入的 20,000 人为 100%')).toBeTruthy()
  expect(screen.getByRole('link', { name: '流失 2,140 人，占上一步 20,000 的 10.7%' })).toBeTruthy()
  expect(screen.getByText('没有流失')).toBeTruthy()
})

test('cells never hide a person, nor room that is left', () => {
  expect(cellCounts({ capacity: 200, taken: 141, held: 23 }, 1)).toEqual({ cells: 200, taken: 141, held: 23 })
  expect(cellCounts({ capacity: 5000, taken: 4999, held: 0 }, 25)).toEqual({ cells: 200, taken: 199, held: 0 })
  expect(cellCounts({ capacity: 5000, taken: 4900, held: 3 }, 25)).toMatchObject({ held: 1 })
  expect(cellCounts({ capacity: 5000, taken: 5000, held: 0 }, 25)).toEqual({ cells: 200, taken: 200, held: 0 })
  expect(cellCounts({ capacity: 0, taken: 0, held: 0 }, 1)).toEqual({ cells: 0, taken: 0, held: 0 })
})

test('the time left is judged only when there is something to judge by', () => {
  const job: Job = { id: 'j', title: '导入', state: 'running', done: 250, total: 1000, startedAt: now - 60_000 }
  expect(timeLeft(job, now)).toBe(180_000)
  expect(timeLeft({ ...job, startedAt: now - 500 }, now)).toBeUndefined()
  expect(timeLeft({ ...job, total: undefined }, now)).toBeUndefined()
  expect(timeLeft({ ...job, state: 'stopped' }, now)).toBeUndefined()
})

test('a code that has ended is never shown', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
  const { unmount } = show(<QrCard title="门店群" url="https://q.cn/e/1" svg={svg} expiresAt={now - 1} now={now} />)
  expect(screen.queryByRole('img')).toBeNull()
  expect(screen.getByText('已过期，不再显示')).toBeTruthy()
  unmount()
  show(<QrCard title="门店群" url="https://q.cn/e/1" svg={svg} expiresAt={now + 3_600_000} now={now} />)
  expect(screen.getByRole('img').getAttribute('src')).toMatch(/^data:image\/svg\+xml/)
})

test('a refusal says what, what next, which field and the id', () => {
  show(
    <ProblemNotice
      problem={{
        title: '有 1 处没有通过检查。',
        next: '请改正后再保存。',
        status: 422,
        id: '01J9ZC4Y8Q2M',
        errors: [{ pointer: '/doors/opens', detail: '开门时间已经过去。' }],
      }}
    />,
  )
  const text = screen.getByRole('alert').textContent
  for (const part of [
    '有 1 处没有通过检查。',
    '请改正后再保存。',
    '/doors/opens',
    '开门时间已经过去。',
    '01J9ZC4Y8Q2M',
  ]) {
    expect(text).toContain(part)
  }
})

const chat = { label: '备孕 13 群', me: 'me', connection: 'live', messages: [] } as const

test('Enter sends, but not the Enter that ends the choice of a character', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const send = vi.fn(async () => {})
  show(<ChatPane {...chat} messages={[]} onSend={send} />)
  const field = screen.getByRole('textbox')
  await user.type(field, '叶酸')
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
  expect(send).not.toHaveBeenCalled()
  await user.keyboard('{Shift>}{Enter}{/Shift}第二行{Enter}')
  expect(send).toHaveBeenCalledWith({ text: '叶酸\n第二行', picture: undefined, replyTo: undefined })
  await waitFor(() => expect((field as HTMLTextAreaElement).value).toBe(''))
})

test('a refused message stays in the field with the reason', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const send = async () => {
    throw new ProblemError({ title: '新人 3 天内不能发链接。', next: '请删去链接再发。', status: 422 })
  }
  show(<ChatPane {...chat} messages={[]} onSend={send} />)
  const field = screen.getByRole('textbox') as HTMLTextAreaElement
  await user.type(field, 'https://a.cn{Enter}')
  expect((await screen.findByRole('alert')).textContent).toContain('请删去链接再发')
  expect(field.value).toBe('https://a.cn')
})

test('messages can be answered and taken back where allowed', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const withdraw = vi.fn(async () => {})
  const messages = [
    { id: 'm1', at: now - 60_000, author: { id: 'u1', name: '小鱼妈' }, text: '叶酸吃到什么时候？' },
    { id: 'm2', at: now, author: { id: 'me', name: '李倩' }, text: '孕 12 周' },
    { id: 'm3', at: now, author: { id: 'u2', name: '王若琳' }, state: 'withdrawn' as const },
  ]
  const mine = (message: { author: { id: string } }) => message.author.id === 'me'
  show(<ChatPane {...chat} messages={messages} canWithdraw={mine} onWithdraw={withdraw} onSend={async () => {}} />)
  await user.click(screen.getByRole('button', { name: '回复小鱼妈' }))
  expect(document.activeElement).toBe(screen.getByRole('textbox'))
  expect(screen.getByText('消息已撤回')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: '撤回' }))
  expect(withdraw).toHaveBeenCalledWith(messages[1])
})

test('a lost line is said, and a frozen circle cannot be written in', () => {
  show(<ChatPane {...chat} messages={[]} connection="waiting" readOnly="群已冻结" onSend={async () => {}} />)
  expect(screen.getByRole('status').textContent).toContain('正在重连')
  expect(screen.queryByRole('textbox')).toBeNull()
})
