import { useQuery, useQueryClient } from '@tanstack/react-query'
import { AutoComplete, Button, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { api, call } from '~/api/client'
import { sourcesQuery } from '~/api/community'
import { type Placement, placementsChanged, poolsQuery } from '~/api/placements'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import { parseYuan, plainAmount } from '../money/amounts'
import page from '../page.module.css'
import css from './Growth.module.css'
import { instantOf, Moment, wallOf } from './Moment'

interface Values {
  source: string
  name: string
  pool?: string
  cost: string
  starts?: Dayjs | null
  ends?: Dayjs | null
}

interface Body {
  source: string
  name: string
  pool: string
  cost: number
  starts?: string
  ends?: string
}

interface Props {
  slug: string
  /** The one that is changed; a new one if there is none. */
  was?: Placement
  onClose: () => void
  onDone?: (id: string) => void
}

/** Where it runs, what it is called, in which pool, and what it costs. */
export function PlacementForm({ slug, was, onClose, onDone }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const sources = useQuery(sourcesQuery(slug))
  const pools = useQuery(poolsQuery(slug))
  const put = useCommand(({ source, ...body }: Body, headers) =>
    was
      ? call<Placement>(
          api.PATCH('/api/v1/communities/{community}/placements/{id}', {
            params: { path: { community: slug, id: was.id } },
            body,
          }),
        )
      : call<Placement>(
          api.POST('/api/v1/communities/{community}/placements', {
            params: { path: { community: slug } },
            headers,
            body: { ...body, source },
          }),
        ),
  )
  const send = async (v: Values) => {
    const body = {
      source: v.source,
      name: v.name,
      pool: v.pool?.trim() ?? '',
      cost: parseYuan(v.cost || '0') ?? 0,
      starts: v.starts ? instantOf(v.starts, format) : undefined,
      ends: v.ends ? instantOf(v.ends, format) : undefined,
    }
    const done = await refusal.guard(() => put.mutateAsync(body), form)
    if (!done) return
    await placementsChanged(client, slug)
    toast.done(t('placements.saved'))
    onClose()
    onDone?.(done.id)
  }
  const needed = { required: true, message: t('intake.needed') }
  const amount = {
    validator: (_: unknown, text?: string) =>
      parseYuan(text || '0') !== undefined ? Promise.resolve() : Promise.reject(new Error(t('money.amount.wrong'))),
  }
  return (
    <Dialog open side width={520} title={t(was ? 'placements.edit' : 'placements.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{
          name: was?.name,
          pool: was?.pool,
          cost: was ? plainAmount(was.cost, 'CNY') : '',
          starts: was?.starts ? wallOf(was.starts, format) : undefined,
          ends: was?.ends ? wallOf(was.ends, format) : undefined,
        }}
      >
        {!was && (
          <Form.Item name="source" label={t('placements.source')} rules={[needed]}>
            <Select options={(sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))} />
          </Form.Item>
        )}
        <Form.Item name="name" label={t('placements.name')} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
        <Form.Item name="pool" label={t('placements.pool')} extra={t('placements.pool.note')}>
          <AutoComplete
            maxLength={80}
            options={(pools.data ?? []).filter((p) => p.pool).map((p) => ({ value: p.pool }))}
          />
        </Form.Item>
        <Form.Item name="cost" label={t('placements.cost')} rules={[amount]}>
          <Input inputMode="decimal" prefix="¥" autoComplete="off" />
        </Form.Item>
        <div className={css.pair}>
          <Form.Item name="starts" label={t('placements.starts')}>
            <Moment clear={!was?.starts} />
          </Form.Item>
          <Form.Item name="ends" label={t('placements.ends')}>
            <Moment clear={!was?.ends} />
          </Form.Item>
        </div>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t(was ? 'placements.save' : 'placements.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
