import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { type Key, type Translate, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useCopy } from '~/lib/hooks'
import { Dialog, EmptyState, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import css from '../page.module.css'
import { Row, Rows } from '../Section'
import own from './Tokens.module.css'

/** Keys for programs: what each may do, when it was last used. The text is shown once. */
export function Tokens() {
  const { t } = useWords()
  const format = useFormat()
  const slug = useCommunity()?.slug ?? ''
  const client = useQueryClient()
  const refusal = useProblem()
  const [adding, setAdding] = useState(false)
  const path = { community: slug }
  const tokens = useQuery({
    queryKey: ['tokens', slug],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfTokenView']>(api.GET('/api/v1/communities/{community}/tokens', { params: { path }, signal })),
  })
  const revoke = (id: string) =>
    refusal.guard(async () => {
      await call(api.DELETE('/api/v1/communities/{community}/tokens/{id}', { params: { path: { ...path, id } } }))
      await client.invalidateQueries({ queryKey: ['tokens', slug] })
    })
  const problem = tokens.error ? asProblem(tokens.error) : undefined
  const locked = problem?.code === 'access.mfa_needed'
  return (
    <>
      <PageHeader
        title={t('settings.tokens')}
        question={t('settings.tokens.question')}
        crumbs={[{ label: t('frame.settings'), to: communityPath(slug, 'settings') }]}
        actions={
          !locked && (
            <MayButton action="token.manage" type="primary" onClick={() => setAdding(true)}>
              {t('settings.tokens.add')}
            </MayButton>
          )
        }
      />
      {problem && !locked && <ProblemNotice problem={problem} onRetry={() => tokens.refetch()} />}
      {refusal.problem && <ProblemNotice problem={refusal.problem} onClose={refusal.clear} />}
      {locked ? (
        <EmptyState
          title={t('settings.tokens.mfa')}
          body={t('settings.tokens.mfa.why')}
          step={{ label: t('today.first.second_factor'), to: '/account/totp' }}
        />
      ) : (
        <Rows none={t('settings.tokens.none')}>
          {(tokens.data?.items ?? []).map((token) => (
            <Row key={token.id}>
              <span>
                <span className={css.strong}>{token.name}</span>
                <span className={own.scopes}>
                  {(token.scopes ?? []).map((scope) => (
                    <ScopeName key={scope} scope={scope} />
                  ))}
                </span>
              </span>
              {token.revoked_at ? (
                <StatusTag tone="done">{t('settings.tokens.revoked')}</StatusTag>
              ) : (
                <span className={own.state}>
                  <span className={css.soft}>
                    {token.used_at
                      ? t('settings.tokens.used', { at: format.dateTime(token.used_at) })
                      : t('settings.tokens.unused')}
                  </span>
                  <MayButton action="token.manage" size="small" danger onClick={() => revoke(token.id)}>
                    {t('settings.tokens.revoke')}
                  </MayButton>
                </span>
              )}
            </Row>
          ))}
        </Rows>
      )}
      <NewToken slug={slug} open={adding} onClose={() => setAdding(false)} />
    </>
  )
}

/** A scope in words; one that a newer server knows has its name alone. */
export function scopeWords(scope: string, t: Translate): string {
  const key = `settings.scope.${scope.replace(':', '_')}` as Key
  const words = t(key)
  return words === key ? '' : words
}

function ScopeName({ scope }: { scope: string }) {
  const { t } = useWords()
  return (
    <span className={own.scope}>
      {scopeWords(scope, t)} <code>{scope}</code>
    </span>
  )
}

function NewToken({ slug, open, onClose }: { slug: string; open: boolean; onClose: () => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const { copied, copy } = useCopy()
  const [text, setText] = useState('')
  const [form] = Form.useForm<{ name: string; scopes: string[] }>()
  const path = { community: slug }
  const scopes = useQuery({
    queryKey: ['scopes', slug],
    enabled: open,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfAccessScope']>(
        api.GET('/api/v1/communities/{community}/scopes', { params: { path }, signal }),
      ),
  })
  const add = async (values: { name: string; scopes: string[] }) => {
    const got = await refusal.guard(
      () =>
        call<Schemas['NewToken']>(
          api.POST('/api/v1/communities/{community}/tokens', { params: { path }, body: values as never }),
        ),
      form,
    )
    if (got) setText(got.text)
    await client.invalidateQueries({ queryKey: ['tokens', slug] })
  }
  const close = () => {
    setText('')
    form.resetFields()
    onClose()
  }
  return (
    <Dialog open={open} title={t('settings.tokens.add')} onClose={close}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      {text ? (
        <>
          <p>{t('settings.tokens.once')}</p>
          <p className={css.code}>{text}</p>
          <p className={css.actions}>
            <Button type="primary" onClick={() => copy(text)}>
              {t(copied ? 'common.copied' : 'common.copy')}
            </Button>
            <Button onClick={close}>{t('common.close')}</Button>
          </p>
        </>
      ) : (
        <Form form={form} layout="vertical" onFinish={add}>
          <Form.Item name="name" label={t('settings.name')} rules={[{ required: true, message: t('intake.needed') }]}>
            <Input />
          </Form.Item>
          <Form.Item
            name="scopes"
            label={t('settings.tokens.scopes')}
            rules={[{ required: true, message: t('intake.needed') }]}
          >
            <Select
              mode="multiple"
              options={(scopes.data?.items ?? []).map((value) => ({ value, label: scopeWords(value, t) || value }))}
              optionRender={({ value }) => <ScopeName scope={String(value)} />}
              showSearch={{
                filterOption: (typed, option) =>
                  `${option?.label} ${option?.value}`.toLowerCase().includes(typed.trim().toLowerCase()),
              }}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {t('settings.tokens.add')}
          </Button>
        </Form>
      )}
    </Dialog>
  )
}
