import { Button, Form } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { acceptReset } from '~/api/auth'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useTabTitle } from '~/parts/PageHeader'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { AuthSheet } from './AuthSheet'
import { Ready } from './Invitation'
import { NewPassword } from './NewPassword'
import css from './SignIn.module.css'

/** The link that an administrator gives to who has forgotten their password. */
export function Reset() {
  const { t } = useWords()
  const { token = '' } = useParams()
  const [form] = Form.useForm<{ password: string }>()
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState(false)
  const { problem, guard } = useProblem()
  useTabTitle(t('auth.reset.title'))
  const submit = async ({ password }: { password: string }) => {
    setBusy(true)
    const accepted = await guard(async () => {
      await acceptReset(token, password)
      return true
    }, form)
    setBusy(false)
    if (accepted) setDone(true)
  }
  return (
    <AuthSheet>
      <h1 className={css.title}>{t('auth.reset.title')}</h1>
      {done ? (
        <Ready words={t('auth.reset.done')} />
      ) : (
        <>
          <p className={css.lead}>{t('auth.reset.lead')}</p>
          {problem && (
            <div className={css.problem}>
              <ProblemNotice problem={problem} fieldsShown focus />
            </div>
          )}
          <Form form={form} layout="vertical" requiredMark={false} validateTrigger="onBlur" onFinish={submit}>
            <NewPassword name="password" label={t('auth.newPassword')} />
            <Button type="primary" size="large" block htmlType="submit" loading={busy}>
              {t('auth.reset.do')}
            </Button>
          </Form>
        </>
      )}
    </AuthSheet>
  )
}
