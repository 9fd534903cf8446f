import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { beginTotp, confirmTotp, type TotpBegun, type TotpConfirmed } from '~/api/auth'
import { asProblem } from '~/api/problem'
import { useSession } from '~/api/queries'
import { useWords } from '~/i18n'
import { useCopy } from '~/lib/hooks'
import { EmptyState } from '~/parts/EmptyState'
import { PageHeader } from '~/parts/PageHeader'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { svgSource } from '~/parts/QrCard'
import { CodeField } from '../auth/CodeField'
import { RecoveryCodes } from './RecoveryCodes'
import css from './Totp.module.css'

/** Switching on the second step: scan, type the six digits once, keep the recovery codes. */
export function Totp() {
  const { t } = useWords()
  const { data: session } = useSession()
  const begin = useMutation({ mutationFn: beginTotp })
  const [done, setDone] = useState<TotpConfirmed>()
  const start = () => begin.mutate()
  const body = () => {
    if (done) return <RecoveryCodes confirmed={done} />
    if (begin.data) return <Enrol enrolment={begin.data} onDone={setDone} />
    if (begin.error) return <ProblemNotice problem={asProblem(begin.error)} onRetry={start} />
    if (session?.operator.totp) {
      return (
        <EmptyState
          title={t('account.enrol.already')}
          body={t('account.enrol.replace')}
          step={{ label: t('account.enrol.again'), onClick: start }}
          also={[{ label: t('account.enrol.back'), to: '/account' }]}
        />
      )
    }
    return (
      <div className={css.start}>
        <p className={css.why}>{t('account.enrol.why')}</p>
        <Button type="primary" loading={begin.isPending} onClick={start}>
          {t('account.enrol.start')}
        </Button>
      </div>
    )
  }
  return (
    <>
      <PageHeader
        title={t('account.enrol.title')}
        question={t('account.enrol.question')}
        crumbs={[{ label: t('account.title'), to: '/account' }]}
      />
      {body()}
    </>
  )
}

function Enrol({ enrolment, onDone }: { enrolment: TotpBegun; onDone: (done: TotpConfirmed) => void }) {
  const { t } = useWords()
  const { copied, copy } = useCopy()
  const [tries, setTries] = useState(0)
  const confirm = useMutation({
    mutationFn: confirmTotp,
    onError: () => setTries((n) => n + 1), // an empty field for the next try
    onSuccess: onDone,
  })
  return (
    <ol className={css.steps}>
      <li>
        <h2>{t('account.enrol.scan')}</h2>
        <p>{t('account.enrol.scanHow')}</p>
        <div className={css.qr}>
          <img src={svgSource(enrolment.qr_svg)} alt={t('account.enrol.qrAlt')} width={176} height={176} />
        </div>
        <p>
          {t('account.enrol.byHand')} <code className={css.secret}>{inFours(enrolment.secret)}</code>{' '}
          <Button
            size="small"
            icon={copied ? <Check size={14} /> : <Copy size={14} />}
            onClick={() => copy(enrolment.secret)}
          >
            {copied ? t('common.copied') : t('common.copy')}
          </Button>
        </p>
      </li>
      <li>
        <h2>{t('account.enrol.type')}</h2>
        {confirm.error && (
          <div className={css.problem}>
            <ProblemNotice problem={asProblem(confirm.error)} />
          </div>
        )}
        <div className={css.code}>
          <CodeField
            key={tries}
            label={t('auth.code')}
            submit={t('account.enrol.confirm')}
            busy={confirm.isPending}
            onCode={(code) => confirm.mutate(code)}
          />
        </div>
      </li>
    </ol>
  )
}

/** JBSW Y3DP EHPK 3PXP: easier to type from a screen. */
const inFours = (secret: string) => secret.replace(/(.{4})(?=.)/g, '$1 ')
