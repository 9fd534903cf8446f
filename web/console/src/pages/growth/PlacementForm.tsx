import { useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import type { Dayjs } from 'dayjs'
import { api, call } from '~/api/client'
import { type Placement, placementsChanged } from '~/api/placements'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import css from './Growth.module.css'
import { instantOf, Moment, wallOf } from './Moment'
import { PlacementFields, type PlacementValues, placementOf, placementValues } from './PlacementFields'

interface Values extends PlacementValues {
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
      ...placementOf(v),
      source: v.source ?? '',
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
  return (
    <Dialog open side width={520} title={t(was ? 'placements.edit' : 'placements.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{
          ...placementValues(was),
          starts: was?.starts ? wallOf(was.starts, format) : undefined,
          ends: was?.ends ? wallOf(was.ends, format) : undefined,
        }}
      >
        <PlacementFields slug={slug} isNew={!was} label={t('placements.name')} />
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
