import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { acceptInvitation, getInvitation, type Invitation as Invited } from '~/api/auth'
import { asProblem } from '~/api/problem'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { roleName } from '~/lib/roles'
import { ButtonLink } from '~/parts/ButtonLink'
import { useTabTitle } from '~/parts/PageHeader'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { AuthSheet } from './AuthSheet'
import { NewPassword } from './NewPassword'
import css from './SignIn.module.css'

/** A colleague follows the link they were sent: who invites them into what, a password, and they are in. */
export function Invitation() {
  const { token = '' } = useParams()
  const query = useQuery({ queryKey: ['invitation', token], queryFn: ({ signal }) => getInvitation(token, signal) })
  return (
    <AuthSheet>
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && <Accept token={token} invited={query.data} />}
    </AuthSheet>
  )
}

function Accept({ token, invited }: { token: string; invited: Invited }) {
  const { t } = useWords()
  const text = useText()
  const [form] = Form.useForm<{ name?: string; password: string }>()
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState(false)
  const { problem, guard } = useProblem()
  const name = text(invited.name)
  useTabTitle(t('auth.invite.title', { name }))
  if (done) return <Ready words={t('auth.invite.done', { name })} />
  const submit = async (typed: { name?: string; password: string }) => {
    setBusy(true)
    const operator = await guard(() => acceptInvitation(token, typed), form)
    setBusy(false)
    if (operator) setDone(true)
  }
  const roles = invited.roles.map((role) => roleName(role, t)).join(t('common.listComma'))
  return (
    <>
      <h1 className={css.title}>{t('auth.invite.title', { name })}</h1>
      <p className={css.lead}>
        {t('auth.invite.lead', { email: invited.email, roles })}
        <br />
        {invited.has_password ? t('auth.invite.known') : t('auth.invite.new')}
      </p>
      {problem && (
        <div className={css.problem}>
          <ProblemNotice problem={problem} fieldsShown focus />
        </div>
      )}
      <Form form={form} layout="vertical" requiredMark={false} validateTrigger="onBlur" onFinish={submit}>
        {/* Password managers file the password under this. */}
        <input
          className="unseen"
          type="email"
          autoComplete="username"
          value={invited.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        {!invited.has_password && (
          <Form.Item name="name" label={t('auth.invite.name')} initialValue={invited.invited}>
            <Input maxLength={40} autoComplete="name" />
          </Form.Item>
        )}
        {invited.has_password ? (
          <Form.Item
            name="password"
            label={t('auth.password')}
            rules={[{ required: true, message: t('auth.password.missing') }]}
          >
            <Input.Password autoComplete="current-password" />
          </Form.Item>
        ) : (
          <NewPassword name="password" label={t('auth.newPassword')} />
        )}
        <Button type="primary" size="large" block htmlType="submit" loading={busy}>
          {t('auth.invite.accept')}
        </Button>
      </Form>
    </>
  )
}

/** What was to be done is done; the way to signing in. */
export function Ready({ words }: { words: string }) {
  const { t } = useWords()
  return (
    <>
      <p className={css.lead} role="status">
        {words}
      </p>
      <p>
        <ButtonLink to="/sign-in">{t('auth.enter')}</ButtonLink>
      </p>
    </>
  )
}
