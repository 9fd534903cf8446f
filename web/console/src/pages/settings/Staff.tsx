import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import { type Schemas, staffQuery } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { type Key, useWords } from '~/i18n'
import { useCopy } from '~/lib/hooks'
import { Dialog, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import { PickPerson } from '../events/PickPerson'
import css from '../page.module.css'
import { Row, Rows } from '../Section'

const roles = ['owner', 'admin', 'service', 'sales', 'content', 'traffic', 'viewer']

/** Who works here and as what; inviting gives a link that its reader opens once. */
export function Staff() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const client = useQueryClient()
  const refusal = useProblem()
  const [inviting, setInviting] = useState(false)
  const may = useMay()
  const path = { community: slug }
  const staff = useQuery(staffQuery(slug))
  const change = (id: string, next: string[]) =>
    refusal.guard(async () => {
      await call(
        api.PATCH('/api/v1/communities/{community}/staff/{id}', {
          params: { path: { ...path, id } },
          body: { roles: next } as never,
        }),
      )
      await client.invalidateQueries({ queryKey: ['staff', slug] })
    })
  const say = (id: string, person: string) =>
    refusal.guard(async () => {
      await call(
        api.PUT('/api/v1/communities/{community}/staff/{id}/person', {
          params: { path: { ...path, id } },
          body: { person } as never,
        }),
      )
      await client.invalidateQueries({ queryKey: ['staff', slug] })
    })
  return (
    <>
      <PageHeader
        title={t('settings.staff')}
        question={t('settings.staff.question')}
        crumbs={[{ label: t('frame.settings'), to: communityPath(slug, 'settings') }]}
        actions={
          <MayButton action="staff.manage" type="primary" onClick={() => setInviting(true)}>
            {t('settings.staff.invite')}
          </MayButton>
        }
      />
      {staff.error && <ProblemNotice problem={asProblem(staff.error)} onRetry={() => staff.refetch()} />}
      {refusal.problem && <ProblemNotice problem={refusal.problem} onClose={refusal.clear} />}
      <p className={css.note}>{t('settings.staff.person.note')}</p>
      <Rows none={t('settings.staff.none')}>
        {(staff.data?.items ?? []).map((s) => (
          <Row key={s.id}>
            <span>
              <span className={css.strong}>{s.name || s.email}</span>
              <br />
              <span className={css.soft}>
                {s.email} {s.pending && <StatusTag tone="wait">{t('settings.staff.pending')}</StatusTag>}
                {!s.pending && (
                  <StatusTag tone={s.mfa ? 'done' : 'plain'}>
                    {t(s.mfa ? 'settings.staff.mfa' : 'settings.staff.nomfa')}
                  </StatusTag>
                )}
              </span>
            </span>
            <span className={css.stack}>
              <Select
                mode="multiple"
                aria-label={t('settings.staff.roles')}
                disabled={may('staff.manage') !== 'yes'}
                value={s.roles ?? []}
                onChange={(next) => change(s.id, next)}
                options={roles.map((role) => ({ value: role, label: t(`settings.role.${role}` as Key) }))}
              />
              {may('staff.manage') === 'yes' && !s.pending && (
                <PickPerson
                  slug={slug}
                  label={t('settings.staff.person')}
                  placeholder={t('settings.staff.person')}
                  name={s.person_name}
                  value={s.person}
                  onChange={(person) => say(s.id, person ?? '')}
                />
              )}
            </span>
          </Row>
        ))}
      </Rows>
      <Invite slug={slug} open={inviting} onClose={() => setInviting(false)} />
    </>
  )
}

function Invite({ slug, open, onClose }: { slug: string; open: boolean; onClose: () => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const { copied, copy } = useCopy()
  const [link, setLink] = useState('')
  const [form] = Form.useForm<{ email: string; name: string; roles: string[] }>()
  const invite = async (values: { email: string; name: string; roles: string[] }) => {
    const got = await refusal.guard(
      () =>
        call<Schemas['Invitation']>(
          api.POST('/api/v1/communities/{community}/staff/invitations', {
            params: { path: { community: slug } },
            body: values as never,
          }),
        ),
      form,
    )
    if (got) setLink(got.url)
    await client.invalidateQueries({ queryKey: ['staff', slug] })
  }
  const close = () => {
    setLink('')
    form.resetFields()
    onClose()
  }
  return (
    <Dialog open={open} title={t('settings.staff.invite')} onClose={close}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      {link ? (
        <>
          <p>{t('settings.staff.link')}</p>
          <p className={css.code}>{link}</p>
          <p className={css.actions}>
            <Button type="primary" onClick={() => copy(link)}>
              {t(copied ? 'common.copied' : 'common.copy')}
            </Button>
            <Button onClick={close}>{t('common.close')}</Button>
          </p>
        </>
      ) : (
        <Form form={form} layout="vertical" onFinish={invite} initialValues={{ roles: ['service'] }}>
          <Form.Item
            name="name"
            label={t('settings.staff.name')}
            rules={[{ required: true, message: t('intake.needed') }]}
          >
            <Input />
          </Form.Item>
          <Form.Item
            name="email"
            label={t('settings.staff.email')}
            rules={[{ required: true, message: t('intake.needed') }]}
          >
            <Input type="email" />
          </Form.Item>
          <Form.Item
            name="roles"
            label={t('settings.staff.roles')}
            rules={[{ required: true, message: t('intake.needed') }]}
          >
            <Select
              mode="multiple"
              options={roles.map((role) => ({ value: role, label: t(`settings.role.${role}` as Key) }))}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {t('settings.staff.invite')}
          </Button>
        </Form>
      )}
    </Dialog>
  )
}
