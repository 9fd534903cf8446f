import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { useState } from 'react'
import {
  type Company,
  companyChanged,
  companyKey,
  type Employee,
  listEmployees,
  type Role,
  setRole,
  takeOut,
} from '~/api/companies'
import { asProblem } from '~/api/problem'
import { MayButton, useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemLine, ProblemNotice } from '~/parts'
import { Holder } from '../events/Holder'
import { PickPerson } from '../events/PickPerson'
import { Sure } from '../growth/Sure'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import css from './Companies.module.css'
import { roleName, roles } from './company'
import { More } from './More'
import { useName } from './useName'
import { useRows } from './useRows'

/** Who is in the company, and as what. */
export function People({ slug, company }: { slug: string; company: Company }) {
  const { t } = useWords()
  const [adding, setAdding] = useState(false)
  const people = useRows<Employee>([...companyKey(slug, company.id), 'people'], (query, signal) =>
    listEmployees(slug, company.id, query, signal),
  )
  return (
    <Section
      title={t('companies.people')}
      more={
        <MayButton action="people.write" size="small" onClick={() => setAdding(true)}>
          {t('companies.people.add')}
        </MayButton>
      }
    >
      {people.error && <ProblemNotice problem={asProblem(people.error)} onRetry={() => people.refetch()} />}
      {people.isPending && <p className={page.none}>{t('common.loading')}</p>}
      {people.data && (
        <Rows none={t('companies.people.none')}>
          {people.rows.map((one) => (
            <One key={one.person} slug={slug} company={company} one={one} />
          ))}
        </Rows>
      )}
      <More query={people} />
      {adding && <Add slug={slug} company={company} onClose={() => setAdding(false)} />}
    </Section>
  )
}

function One({ slug, company, one }: { slug: string; company: Company; one: Employee }) {
  const { t } = useWords()
  const format = useFormat()
  const may = useMay()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const writes = may('people.write') === 'yes'
  const name = useName(slug, one.person, one.nickname)
  const give = async (role: Role) => {
    setBusy(true)
    const done = await refusal.guard(async () => {
      await setRole(slug, company.id, one.person, role)
      return true
    })
    setBusy(false)
    await companyChanged(client, slug)
    if (done) toast.done(t('companies.people.now', { name, role: roleName(role, t) }))
  }
  return (
    <Row>
      <span>
        <Holder slug={slug} person={one.person} name={one.nickname} />
        <br />
        <span className={page.note}>{t('companies.people.since', { date: format.date(one.joined_at) })}</span>
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </span>
      <span className={css.acts}>
        {writes ? (
          <>
            <Select
              size="small"
              aria-label={t('companies.role.of', { name })}
              value={one.role}
              disabled={busy}
              onChange={give}
              popupMatchSelectWidth={false}
              options={roles.map((role) => ({ value: role, label: roleName(role, t) }))}
            />
            <Sure
              inline
              action="people.write"
              label={t('companies.people.remove')}
              what={t('companies.people.remove.what', { name, company: company.name })}
              run={async () => {
                await takeOut(slug, company.id, one.person)
                await companyChanged(client, slug)
              }}
            />
          </>
        ) : (
          roleName(one.role, t)
        )}
      </span>
    </Row>
  )
}

interface Values {
  person: string
  role: Role
}

function Add({ slug, company, onClose }: { slug: string; company: Company; onClose: () => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const [busy, setBusy] = useState(false)
  const send = async ({ person, role }: Values) => {
    setBusy(true)
    const done = await refusal.guard(async () => {
      await setRole(slug, company.id, person, role)
      return true
    }, form)
    setBusy(false)
    if (!done) return
    await companyChanged(client, slug)
    toast.done(t('companies.people.added'))
    onClose()
  }
  const needed = { required: true, message: t('intake.needed') }
  return (
    <Dialog open title={t('companies.people.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ role: 'colleague' }}
      >
        <Form.Item name="person" label={t('companies.people.who')} rules={[needed]}>
          <PickPerson slug={slug} />
        </Form.Item>
        <Form.Item name="role" label={t('companies.role')} extra={t('companies.role.note')}>
          <Select options={roles.map((role) => ({ value: role, label: roleName(role, t) }))} />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('companies.people.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
