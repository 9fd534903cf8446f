import { Button } from 'antd'
import { useMemo } from 'react'
import { useParams } from 'react-router'
import { ProblemError } from '~/api/problem'
import { useToast } from '~/app/toasts'
import { ListPage, type ListSource, PageHeader } from '~/parts'
import { answer, columns, filters, type Person, segments } from './people'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export function Lists() {
  const { state = 'full' } = useParams()
  const toast = useToast()
  const source = useMemo<ListSource<Person>>(
    () => ({
      key: ['gallery', 'people', state],
      load: async (request) => {
        if (state === 'loading') return new Promise(() => {})
        await wait(state === 'full' ? 150 : 0)
        if (state === 'empty') return { items: [] }
        if (state === 'error') {
          throw new ProblemError({
            title: '系统正忙，没有读取。',
            detail: '数据库在 5 秒内没有回答。',
            next: '请几秒后再试；数据没有丢失。',
            code: 'storage.busy',
            id: '01J9ZC4Y8Q2M',
            status: 503,
          })
        }
        return answer(request)
      },
    }),
    [state],
  )
  const tag = () => {
    toast.done('已给选中的人加上标签')
    return true
  }
  return (
    <>
      <PageHeader
        title="用户"
        question="这是谁，做过什么，下一步是什么？"
        actions={
          <>
            <Button>导入名单</Button>
            <Button type="primary">新建用户</Button>
          </>
        }
      />
      <ListPage<Person>
        id="people"
        unit="人"
        columns={columns}
        source={source}
        rowId={(p) => p.id}
        rowName={(p) => p.name}
        rowTo={(p) => `/gallery/pieces#${p.id}`}
        searchLabel="姓名、手机尾号、群"
        segments={segments}
        filters={filters}
        defaultSort="-actions"
        bulk={[
          { id: 'tag', label: '加标签', run: tag },
          { id: 'owner', label: '分配跟进人', run: () => true },
          { id: 'circle', label: '安排入群', run: () => true },
          {
            id: 'block',
            label: '拉黑',
            danger: true,
            run: () => {
              throw new ProblemError({
                title: '其中 2 人是在职课代表，不能拉黑。',
                next: '请先在团队页交接。',
                status: 409,
              })
            },
          },
        ]}
        onExport={(format) => toast.done(`正在导出 ${format}，完成后在右下角下载`)}
        empty={{
          title: '还没有用户',
          body: '导入已有的名单，或放出第一个入口，扫码的人会出现在这里。',
          step: { label: '导入名单', to: '/gallery' },
          also: [{ label: '新建入口', to: '/gallery' }],
        }}
      />
    </>
  )
}
