import { Button, Form, Input } from 'antd'
import type { SetupInput } from '~/api/auth'
import type { Problem } from '~/api/problem'
import { useWords } from '~/i18n'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { NewPassword } from '../auth/NewPassword'
import css from './Setup.module.css'
import { useRefused } from './useRefused'

type Owner = SetupInput['operator']

interface Props {
  owner: Owner
  problem: Problem | undefined
  onNext: (owner: Owner) => void
}

export function OwnerStep({ owner, problem, onNext }: Props) {
  const { t } = useWords()
  const [form] = Form.useForm<{ operator: Owner }>()
  useRefused(problem, form)
  return (
    <>
      <h1 className={css.title}>{t('setup.owner.title')}</h1>
      <p className={css.lead}>{t('setup.owner.lead')}</p>
      {problem && (
        <div className={css.problem}>
          <ProblemNotice problem={problem} fieldsShown focus />
        </div>
      )}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ operator: owner }}
        validateTrigger="onBlur"
        onFinish={(values) => onNext(values.operator)}
        className={css.form}
      >
        <Form.Item
          name={['operator', 'name']}
          label={t('setup.owner.name')}
          rules={[{ required: true, whitespace: true, message: t('setup.owner.name.missing') }]}
        >
          <Input autoComplete="name" maxLength={40} autoFocus />
        </Form.Item>
        <Form.Item
          name={['operator', 'email']}
          label={t('auth.email')}
          extra={t('setup.owner.email.note')}
          rules={[{ required: true, type: 'email', message: t('auth.email.bad') }]}
        >
          <Input type="email" autoComplete="username" inputMode="email" spellCheck={false} />
        </Form.Item>
        <NewPassword name={['operator', 'password']} label={t('auth.password')} />
        <div className={css.buttons}>
          <Button type="primary" htmlType="submit">
            {t('setup.next')}
          </Button>
        </div>
      </Form>
    </>
  )
}
