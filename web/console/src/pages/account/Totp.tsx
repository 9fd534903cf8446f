import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { beginTotp, confirmTotp, type TotpEnrolment } from '~/api/auth'
import { asProblem } from '~/api/problem'
import { sessionQuery, useCommand, useSession } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useWords } from '~/i18n'
import { useCopy } from '~/lib/hooks'
import { EmptyState } from '~/parts/EmptyState'
import { PageHeader } from '~/parts/PageHeader'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { svgSource } from '~/parts/QrCard'
import { CodeField } from '../auth/CodeField'
import css from './Totp.module.css'

/** Switching on the second step: scan, type the six digits once, done. */
export function Totp() {
  const { t } = useWords()
  const { data: session } = useSession()
  const begin = useCommand((_: 'begin', headers) => beginTotp(headers['Idempotency-Key']))
  const crumbs = [{ label: t('account.title'), to: '/account' }]
  const on = session?.operator.totp && !begin.data
  return (
    <>
      <PageHeader title={t('account.enrol.title')} question={t('account.enrol.question')} crumbs={crumbs} />
      {on && (
        <EmptyState
          title={t('account.enrol.already')}
          body={t('account.enrol.replace')}
          step={{ label: t('account.enrol.again'), onClick: () => begin.mutate('begin') }}
          also={[{ label: t('account.enrol.back'), to: '/account' }]}
        />
      )}
      {begin.error && <ProblemNotice problem={asProblem(begin.error)} onRetry={() => begin.mutate('begin')} />}
      {!on && !begin.data && !begin.error && (
        <div className={css.start}>
          <p className={css.why}>{t('account.enrol.why')}</p>
          <Button type="primary" loading={begin.isPending} onClick={() => begin.mutate('begin')}>
            {t('account.enrol.start')}
          </Button>
        </div>
      )}
      {begin.data && <Enrol enrolment={begin.data} />}
    </>
  )
}

function Enrol({ enrolment }: { enrolment: TotpEnrolment }) {
  const { t } = useWords()
  const toast = useToast()
  const client = useQueryClient()
  const { copied, copy } = useCopy()
  const [tries, setTries] = useState(0)
  const confirm = useMutation({
    mutationFn: confirmTotp,
    onError: () => setTries((n) => n + 1),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session)
      toast.done(t('account.enrol.done'))
    },
  })
  if (confirm.isSuccess) {
    return (
      <p className={css.done} role="status">
        <Check size={16} aria-hidden="true" /> {t('account.enrol.done')}{' '}
        <Link to="/account">{t('account.enrol.back')}</Link>
      </p>
    )
  }
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
