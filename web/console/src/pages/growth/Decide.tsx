import { Button, Radio } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import type { ProofView, RefuseReason } from '~/api/proofs'
import { useCommand } from '~/api/queries'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import css from './Growth.module.css'
import { refuseReasons, rewardOf } from './proof'

interface Props {
  slug: string
  proof: ProofView
  onDone: () => Promise<void>
}

/** Approves a proof or refuses it. One that is held is approved only after its reasons were read once more. */
export function Decide({ slug, proof: p, onDone }: Props) {
  const { t } = useWords()
  const toast = useToast()
  const refusal = useProblem()
  const [asking, setAsking] = useState<'anyway' | 'refuse'>()
  const [reason, setReason] = useState<RefuseReason>()
  const params = { path: { community: slug, id: p.id } }
  const approve = useCommand((anyway: boolean, headers) =>
    call<Schemas['GrowthProof']>(
      api.POST('/api/v1/communities/{community}/proofs/{id}/approve', {
        params,
        headers,
        body: anyway ? { anyway } : {},
      }),
    ),
  )
  const refuse = useCommand((why: RefuseReason, headers) =>
    call<Schemas['GrowthProof']>(
      api.POST('/api/v1/communities/{community}/proofs/{id}/refuse', { params, headers, body: { reason: why } }),
    ),
  )
  const close = () => {
    refusal.clear()
    setAsking(undefined)
  }
  const settle = async (run: () => Promise<unknown>, words: string) => {
    if (!(await refusal.guard(run))) return
    setAsking(undefined)
    toast.done(words)
    await onDone()
  }
  const reward = rewardOf(p.amount, p.kind, t)
  const yes = (anyway: boolean) => settle(() => approve.mutateAsync(anyway), t('proofs.approved', { reward }))
  return (
    <>
      <p className={css.decide}>
        <MayButton
          action="review.decide"
          type="primary"
          loading={approve.isPending && !asking}
          onClick={() => (p.state === 'held' ? setAsking('anyway') : yes(false))}
        >
          {t('proofs.approve', { reward })}
        </MayButton>
        <MayButton action="review.decide" danger onClick={() => setAsking('refuse')}>
          {t('proofs.refuse')}
        </MayButton>
      </p>
      {refusal.problem && !asking && <ProblemNotice problem={refusal.problem} focus />}
      <Dialog open={asking === 'anyway'} title={t('proofs.anyway')} onClose={close}>
        <p>{t('proofs.anyway.what', { reward })}</p>
        <ul className={page.reasons}>
          {(p.why ?? []).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
        <p className={css.decide}>
          <Button type="primary" danger loading={approve.isPending} onClick={() => yes(true)}>
            {t('proofs.anyway')}
          </Button>
          <Button onClick={close}>{t('common.cancel')}</Button>
        </p>
      </Dialog>
      <Dialog open={asking === 'refuse'} title={t('proofs.refuse')} onClose={close}>
        <p className={page.soft}>{t('proofs.refuse.what')}</p>
        <Radio.Group
          className={css.field}
          aria-label={t('proofs.refuse.reason')}
          value={reason}
          onChange={(e) => setReason(e.target.value as RefuseReason)}
          options={refuseReasons.map((value) => ({ value, label: t(`proofs.reason.${value}`) }))}
        />
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
        <p className={css.decide}>
          <Button
            type="primary"
            danger
            disabled={!reason}
            loading={refuse.isPending}
            onClick={() => reason && settle(() => refuse.mutateAsync(reason), t('proofs.refused'))}
          >
            {t('proofs.refuse')}
          </Button>
          <Button onClick={close}>{t('common.cancel')}</Button>
        </p>
      </Dialog>
    </>
  )
}
