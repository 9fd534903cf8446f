import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { api, call } from '~/api/client'
import { moneyKey } from '~/api/money'
import { type Batch, type BatchDetail, payoutsKey } from '~/api/payouts'
import { useCommand, useSession } from '~/api/queries'
import { download } from '~/api/upload'
import { MayButton, useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, type ExportFormat, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import css from './Money.module.css'
import { countOf, mayCancel, mayTakeFile, netOf } from './payouts'

type Asked = 'approve' | 'cancel' | 'file'

/** What can be done with a batch as it stands. Who drafted it is told why they can't approve it. */
export function PayoutActions({ batch, slug }: { batch: BatchDetail; slug: string }) {
  const { t } = useWords()
  const mine = useSession().data?.operator.id === batch.created_by
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  return (
    <>
      {batch.state === 'draft' && (
        <MayButton action="money.pay" type="primary" onClick={() => setAsked('approve')}>
          {t('payouts.approve')}
        </MayButton>
      )}
      {mayTakeFile(batch) && (
        <MayButton action="money.post" type="primary" onClick={() => setAsked('file')}>
          {t('payouts.file')}
        </MayButton>
      )}
      {mayCancel(batch) && (
        <MayButton action="money.post" danger onClick={() => setAsked('cancel')}>
          {t('payouts.cancel')}
        </MayButton>
      )}
      {asked === 'approve' &&
        (mine ? <NotOne onClose={close} /> : <Act batch={batch} slug={slug} work="approve" onClose={close} />)}
      {asked === 'cancel' && <Act batch={batch} slug={slug} work="cancel" onClose={close} />}
      {asked === 'file' && <TakeFile batch={batch} slug={slug} onClose={close} />}
    </>
  )
}

/** Who drafted it can't approve it. */
function NotOne({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  return (
    <Dialog open title={t('payouts.approve.mine')} onClose={onClose}>
      <p>{t('payouts.approve.mine.why')}</p>
      <Buttons>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </Buttons>
    </Dialog>
  )
}

const Buttons = ({ children }: { children: ReactNode }) => <p className={page.actions}>{children}</p>

interface ActProps {
  batch: BatchDetail
  slug: string
  work: 'approve' | 'cancel'
  onClose: () => void
}

function Act({ batch, slug, work, onClose }: ActProps) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const run = useCommand((_: string, headers) => {
    const params = { path: { community: slug, id: batch.id } }
    return call<Batch>(
      work === 'approve'
        ? api.POST('/api/v1/communities/{community}/payouts/{id}/approve', { params, headers })
        : api.POST('/api/v1/communities/{community}/payouts/{id}/cancel', { params, headers }),
    )
  })
  const send = async () => {
    const done = await refusal.guard(() => run.mutateAsync(work))
    await client.invalidateQueries({ queryKey: moneyKey(slug) })
    if (!done) return
    toast.done(t(`payouts.${work}.done`))
    onClose()
  }
  return (
    <Dialog open title={t(`payouts.${work}`)} onClose={onClose}>
      <p>{t(`payouts.${work}.what`, { count: countOf(batch), net: format.money(netOf(batch)) })}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <Buttons>
        <Button type="primary" danger={work === 'cancel'} loading={run.isPending} onClick={send}>
          {t(`payouts.${work}`)}
        </Button>
        <Button onClick={onClose}>{t('money.keep')}</Button>
      </Buttons>
    </Dialog>
  )
}

/** The file for the bank. It has names and phones in it, so it is for those who may look at them. */
function TakeFile({ batch, slug, onClose }: Omit<ActProps, 'work'>) {
  const { t } = useWords()
  const may = useMay()('people.reveal')
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState<ExportFormat>()
  const get = async (format: ExportFormat) => {
    setBusy(format)
    const done = await refusal.guard(async () => {
      const at = `/api/v1/communities/${slug}/payouts/${batch.id}/file?format=${format}`
      await download(at, `payout-${batch.id}.${format}`, undefined, 'POST')
      return true
    })
    setBusy(undefined)
    await client.invalidateQueries({ queryKey: payoutsKey(slug) })
    if (!done) return
    toast.done(t('payouts.file.done'))
    onClose()
  }
  return (
    <Dialog open title={t('payouts.file')} onClose={onClose}>
      <p>{t('payouts.file.what')}</p>
      {batch.state === 'approved' && <p className={css.signs}>{t('payouts.file.final')}</p>}
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {may === 'no' ? (
        <p>{t('payouts.file.mayNot')}</p>
      ) : (
        <Buttons>
          {(['csv', 'xlsx'] as const).map((format) => (
            <MayButton
              key={format}
              action="people.reveal"
              loading={busy === format}
              disabled={busy !== undefined && busy !== format}
              onClick={() => get(format)}
            >
              {t(`payouts.file.${format}`)}
            </MayButton>
          ))}
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </Buttons>
      )}
    </Dialog>
  )
}
