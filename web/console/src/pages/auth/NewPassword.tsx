import { Form, Input } from 'antd'
import { useWords } from '~/i18n'

/** As the server asks: length, no rules about kinds of characters. It has the last word, on the obvious ones too. */
const shortest = 10

export function NewPassword({ name, label }: { name: string | string[]; label: string }) {
  const { t } = useWords()
  return (
    <Form.Item
      name={name}
      label={label}
      extra={t('auth.newPassword.note', { count: shortest })}
      rules={[{ required: true, min: shortest, message: t('auth.newPassword.short', { count: shortest }) }]}
    >
      <Input.Password autoComplete="new-password" />
    </Form.Item>
  )
}
