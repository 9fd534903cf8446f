import { useState } from 'react'
import { ProblemError } from '~/api/problem'
import { type ChatMessage, ChatPane, PageHeader, StatusTag } from '~/parts'
import { before } from './data'
import { Case } from './Gallery'
import css from './Gallery.module.css'

const lin = { id: 'u1', name: '小鱼妈' }
const host = { id: 'me', name: '李倩', role: '课代表' }
const wang = { id: 'u3', name: '王若琳' }

const picture = `data:image/svg+xml;charset=utf-8,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 280 160"><rect width="280" height="160" fill="#DDE7E2"/><path d="M0 130 70 70l50 40 60-66 100 86v30H0z" fill="#9CCBC4"/></svg>')}`

const talk: ChatMessage[] = [
  {
    id: 'm0',
    at: before(60 * 26),
    author: host,
    pinned: true,
    text: '欢迎新来的妈妈。群里只聊备孕和孕早期，提问请写清周数，我们中午和晚上各答一轮。',
  },
  { id: 'm1', at: before(34), author: lin, text: '叶酸要吃到什么时候？医生说三个月，群里有人说一直吃。' },
  { id: 'm2', at: before(33), author: lin, text: '我现在 9 周' },
  {
    id: 'm3',
    at: before(31),
    author: wang,
    text: '同问，我也是 9 周',
    replyTo: { id: 'm1', author: '小鱼妈', text: '叶酸要吃到什么时候？医生说三个月，群里有人说一直吃。' },
  },
  {
    id: 'm4',
    at: before(24),
    author: host,
    text: '一般建议孕前三个月吃到孕 12 周，之后按产检医生的意见。资料在问答库第 118 条，营养师复核过。',
    replyTo: { id: 'm1', author: '小鱼妈', text: '叶酸要吃到什么时候？' },
  },
  {
    id: 'm5',
    at: before(21),
    author: { id: 'u4', name: '阿珍' },
    text: '代购奶粉加我 vx：milk8888，全网最低',
    state: 'hidden',
    hiddenBy: '规则“联系方式”',
  },
  {
    id: 'm6',
    at: before(18),
    author: lin,
    text: '谢谢，建档小卡拍给大家参考',
    picture: { url: picture, width: 280, height: 160 },
  },
  { id: 'm7', at: before(9), author: wang, state: 'withdrawn' },
  { id: 'm8', at: before(2), author: host, text: '今晚 8 点有直播答疑，问题可以先发群里。', state: 'sending' },
  { id: 'm9', at: before(1), author: host, text: '直播链接我发在公告里。', state: 'failed' },
]

export function ChatRoom() {
  const [messages, setMessages] = useState(talk)
  return (
    <>
      <PageHeader
        title="备孕 13 群"
        crumbs={[{ label: '群', to: '/gallery' }]}
        meta={<StatusTag tone="good">接人中</StatusTag>}
        question="141 人在群，今天 38 人说过话"
      />
      <div className={css.two}>
        <Case name="ChatPane, live">
          <ChatPane
            label="备孕 13 群"
            me="me"
            messages={messages}
            connection="live"
            hasOlder
            onOlder={() => {}}
            onResend={() => {}}
            canWithdraw={(message) => message.author.id === 'me' && !message.state}
            onWithdraw={async (message) =>
              setMessages((old) =>
                old.map((m) => (m.id === message.id ? { ...m, state: 'withdrawn', text: undefined } : m)),
              )
            }
            onSend={async ({ text, replyTo }) => {
              if (text.includes('http'))
                throw new ProblemError({ title: '新人 3 天内不能发链接。', next: '请删去链接再发。', status: 422 })
              setMessages((old) => [
                ...old,
                {
                  id: `n${old.length}`,
                  at: before(0),
                  author: host,
                  text,
                  replyTo: replyTo && { id: replyTo.id, author: replyTo.author.name, text: replyTo.text ?? '' },
                },
              ])
            }}
          />
        </Case>
        <Case name="ChatPane, connection lost, frozen, empty">
          <ChatPane
            label="育儿 2 群"
            me="me"
            messages={talk.slice(1, 3)}
            connection="waiting"
            readOnly="群已冻结，只能看不能发。"
            height={260}
            onSend={async () => {}}
          />
          <br />
          <ChatPane
            label="待产 1 群"
            me="me"
            messages={[]}
            connection="connecting"
            height={260}
            onSend={async () => {}}
          />
        </Case>
      </div>
    </>
  )
}
