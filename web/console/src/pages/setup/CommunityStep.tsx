import { Button, Form, Input, Segmented, Select } from 'antd'
import { useMemo, useRef } from 'react'
import type { SetupInput } from '~/api/auth'
import type { Problem } from '~/api/problem'
import { consoleAddress } from '~/app/community'
import { languageNames, languages, useWords } from '~/i18n'
import { formatDateTime, useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { ProblemNotice } from '~/parts/ProblemNotice'
import css from './Setup.module.css'
import { slugFrom, slugShape, zones } from './steps'
import { useRefused } from './useRefused'

type Community = Required<Pick<SetupInput['community'], 'name' | 'slug' | 'zone' | 'lang'>>

interface Props {
  community: Community
  problem: Problem | undefined
  onBack: () => void
  onNext: (community: Community) => void
}

export function CommunityStep({ community, problem, onBack, onNext }: Props) {
  const { t } = useWords()
  const { language } = useFormat()
  const now = useNow()
  const [form] = Form.useForm<{ community: Community }>()
  useRefused(problem, form)
  const slug = Form.useWatch(['community', 'slug'], form) ?? community.slug
  const zone = Form.useWatch(['community', 'zone'], form) ?? community.zone
  // Until somebody writes a slug of their own it follows the name.
  const own = useRef(community.slug !== '')
  const follow = (name: string) => {
    if (!own.current) form.setFieldValue(['community', 'slug'], slugFrom(name))
  }
  const options = useMemo(() => zones().map((value) => ({ value, label: value.replaceAll('_', ' ') })), [])
  return (
    <>
      <h1 className={css.title}>{t('setup.community.title')}</h1>
      <p className={css.lead}>{t('setup.community.lead')}</p>
      {problem && (
        <div className={css.problem}>
          <ProblemNotice problem={problem} fieldsShown focus />
        </div>
      )}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ community }}
        validateTrigger="onBlur"
        onFinish={(values) => onNext(values.community)}
        className={css.form}
      >
        <Form.Item
          name={['community', 'name']}
          label={t('setup.community.name')}
          rules={[{ required: true, whitespace: true, message: t('setup.community.name.missing') }]}
        >
          <Input maxLength={40} autoFocus lang={language} onChange={(event) => follow(event.target.value)} />
        </Form.Item>
        <Form.Item
          name={['community', 'slug']}
          label={t('setup.community.slug')}
          extra={slug ? <code>{consoleAddress(slug)}</code> : t('setup.community.slug.note')}
          rules={[{ required: true, pattern: slugShape, message: t('setup.community.slug.bad') }]}
        >
          <Input
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            maxLength={40}
            onChange={() => {
              own.current = true
            }}
          />
        </Form.Item>
        <Form.Item
          name={['community', 'zone']}
          label={t('setup.community.zone')}
          extra={t('setup.community.zone.note', { now: formatDateTime(now, zone) })}
        >
          <Select showSearch options={options} virtual />
        </Form.Item>
        <Form.Item
          name={['community', 'lang']}
          label={t('setup.community.lang')}
          extra={t('setup.community.lang.note')}
        >
          <Segmented
            options={languages.map((value) => ({ value, label: <span lang={value}>{languageNames[value]}</span> }))}
          />
        </Form.Item>
        <div className={css.buttons}>
          <Button onClick={onBack}>{t('setup.back')}</Button>
          <Button type="primary" htmlType="submit">
            {t('setup.next')}
          </Button>
        </div>
      </Form>
    </>
  )
}
