import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Navigate, useNavigate, useSearchParams } from 'react-router'
import { getSetup, type Session, signIn } from '~/api/auth'
import { ProblemError } from '~/api/problem'
import { sessionQuery, useSession } from '~/api/queries'
import { safeNext } from '~/app/guards'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useTabTitle } from '~/parts/PageHeader'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { AuthSheet } from './AuthSheet'
import { CodeField } from './CodeField'
import css from './SignIn.module.css'

/** The password was right; the second factor is missing. */
const codeNeeded = 'operator.code_needed'

interface Credentials {
  email: string
  password: string
}

/** Email and password, then, where it is switched on, the six digits of an authenticator. */
export function SignIn() {
  const { t } = useWords()
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const session = useSession()
  const [asked, setAsked] = useState<Credentials>()
  const next = safeNext(params.get('next'))
  useTabTitle(t('auth.title'))

  const enter = (fresh: Session) => {
    client.setQueryData(sessionQuery.queryKey, fresh)
    navigate(next, { replace: true })
  }
  if (session.data) return <Navigate to={next} replace />
  return (
    <AuthSheet>
      {asked ? (
        <CodeStep credentials={asked} onEnter={enter} onBack={() => setAsked(undefined)} />
      ) : (
        <PasswordStep expired={params.has('expired')} onEnter={enter} onCode={setAsked} />
      )}
    </AuthSheet>
  )
}

interface PasswordProps {
  expired: boolean
  onEnter: (session: Session) => void
  onCode: (credentials: Credentials) => void
}

function PasswordStep({ expired, onEnter, onCode }: PasswordProps) {
  const { t } = useWords()
  const [form] = Form.useForm<Credentials>()
  const [busy, setBusy] = useState(false)
  const { problem, show, clear } = useProblem()
  const submit = async (credentials: Credentials) => {
    clear()
    setBusy(true)
    try {
      onEnter(await signIn(credentials))
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === codeNeeded) return onCode(credentials)
      show(error, form)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <h1 className={css.title}>{t('auth.title')}</h1>
      <p className={css.lead}>{expired ? t('auth.expired') : t('auth.lead')}</p>
      <NotSetUp />
      {problem && (
        <div className={css.problem}>
          <ProblemNotice problem={problem} fieldsShown focus />
        </div>
      )}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit} validateTrigger="onBlur">
        <Form.Item
          name="email"
          label={t('auth.email')}
          rules={[{ required: true, type: 'email', message: t('auth.email.bad') }]}
        >
          <Input size="large" type="email" autoComplete="username" autoFocus inputMode="email" spellCheck={false} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('auth.password')}
          rules={[{ required: true, message: t('auth.password.missing') }]}
        >
          <Input.Password size="large" autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" size="large" block htmlType="submit" loading={busy}>
          {t('auth.enter')}
        </Button>
      </Form>
      <p className={css.foot}>{t('auth.forgot')}</p>
    </>
  )
}

interface CodeProps {
  credentials: Credentials
  onEnter: (session: Session) => void
  onBack: () => void
}

function CodeStep({ credentials, onEnter, onBack }: CodeProps) {
  const { t } = useWords()
  const [busy, setBusy] = useState(false)
  const [tries, setTries] = useState(0)
  const [recovery, setRecovery] = useState(false)
  const { problem, guard } = useProblem()
  const submit = async (code: string) => {
    setBusy(true)
    const session = await guard(() => signIn({ ...credentials, code }))
    setBusy(false)
    if (session) return onEnter(session)
    setTries(tries + 1) // an empty field for the next try
  }
  return (
    <>
      <h1 className={css.title}>{t('auth.code.title')}</h1>
      <p className={css.lead}>
        {recovery ? t('auth.recovery.lead') : t('auth.code.lead', { email: credentials.email })}
      </p>
      {problem && (
        <div className={css.problem}>
          <ProblemNotice problem={problem} />
        </div>
      )}
      {recovery ? (
        <RecoveryField busy={busy} onCode={submit} />
      ) : (
        <CodeField key={tries} label={t('auth.code')} submit={t('auth.code.enter')} busy={busy} onCode={submit} />
      )}
      <p className={css.foot}>
        <button type="button" className={css.back} onClick={() => setRecovery(!recovery)}>
          {recovery ? t('auth.recovery.back') : t('auth.recovery.use')}
        </button>
        <br />
        <button type="button" className={css.back} onClick={onBack}>
          {t('auth.code.back')}
        </button>
      </p>
    </>
  )
}

/** One of the ten codes given when two-step sign-in was switched on. */
function RecoveryField({ busy, onCode }: { busy: boolean; onCode: (code: string) => void }) {
  const { t } = useWords()
  return (
    <Form layout="vertical" requiredMark={false} onFinish={({ code }: { code: string }) => onCode(code.trim())}>
      <Form.Item
        name="code"
        label={t('auth.recovery')}
        rules={[{ required: true, message: t('auth.recovery.missing') }]}
      >
        <Input size="large" autoFocus autoComplete="off" spellCheck={false} placeholder="xxxx-xxxx-xxxx-xxxx" />
      </Form.Item>
      <Button type="primary" size="large" block htmlType="submit" loading={busy}>
        {t('auth.code.enter')}
      </Button>
    </Form>
  )
}

/** On a fresh installation there is nobody to sign in: say where the setup link is. */
function NotSetUp() {
  const { t } = useWords()
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => getSetup(signal),
    staleTime: 60_000,
    retry: false,
  })
  if (!setup.data?.needed) return null
  return <p className={css.fresh}>{t('auth.fresh')}</p>
}
