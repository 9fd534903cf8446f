import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import {
  type Company,
  companyChanged,
  editCompany,
  type Invoice,
  type InvoiceEdit,
  invoiceQuery,
  type LookReason,
  revealInvoice,
} from '~/api/companies'
import { asProblem } from '~/api/problem'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, Facts, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Companies.module.css'
import { stillMasked, untouched } from './company'

export const fields = ['title', 'tax_number', 'address', 'phone', 'bank', 'account', 'email'] as const
type Field = (typeof fields)[number]
/** What the server masks until somebody says why they look. */
const masked: readonly Field[] = ['phone', 'account', 'email']
const longest: Record<Field, number> = {
  title: 100,
  tax_number: 20,
  address: 200,
  phone: 40,
  bank: 100,
  account: 40,
  email: 200,
}
export const shownFor = 60_000

interface Props {
  slug: string
  company: Company
  etag?: string
}

/** What stands on the company's invoices. What could lead to a person or an account is masked; a look says why. */
export function CompanyInvoice({ slug, company, etag }: Props) {
  const { t } = useWords()
  const query = useQuery(invoiceQuery(slug, company.id))
  const [open, setOpen] = useState<'look' | 'edit'>()
  const [full, setFull] = useState<Invoice>()
  useEffect(() => {
    if (!full) return
    const timer = setTimeout(() => setFull(undefined), shownFor)
    return () => clearTimeout(timer)
  }, [full])
  const is = full ?? query.data
  const hides = !full && masked.some((field) => query.data?.[field])
  return (
    <Section
      title={t('companies.invoice')}
      more={
        <span className={css.acts}>
          {hides && (
            <MayButton action="people.reveal" size="small" onClick={() => setOpen('look')}>
              {t('companies.invoice.look')}
            </MayButton>
          )}
          {query.data && (
            <MayButton action="people.write" size="small" onClick={() => setOpen('edit')}>
              {t(query.data.title ? 'companies.invoice.edit' : 'companies.invoice.add')}
            </MayButton>
          )}
        </span>
      }
    >
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {query.isPending && <p className={page.none}>{t('common.loading')}</p>}
      {is && !is.title && <p className={page.none}>{t('companies.invoice.none')}</p>}
      {is?.title && (
        <Facts
          facts={fields
            .filter((field) => is[field])
            .map((field) => ({ label: t(`companies.invoice.${field}`), value: is[field] }))}
        />
      )}
      {full && (
        <p className={page.note} role="status">
          {t('parts.masked.shown')}
        </p>
      )}
      {open === 'look' && (
        <LookAtInvoice
          reveal={(reason) => revealInvoice(slug, company.id, reason)}
          onClose={() => setOpen(undefined)}
          onShown={setFull}
        />
      )}
      {open === 'edit' && query.data && (
        <Edit
          slug={slug}
          company={company}
          etag={etag}
          was={query.data}
          onClose={() => {
            setOpen(undefined)
            setFull(undefined)
          }}
        />
      )}
    </Section>
  )
}

const reasons = ['invoice', 'contact', 'check'] as const satisfies readonly LookReason[]

interface LookProps {
  reveal: (reason: LookReason) => Promise<Invoice>
  onClose: () => void
  onShown: (invoice: Invoice) => void
}

/** Asks why, and then shows an invoice's data in full: a company's or a person's own. */
export function LookAtInvoice({ reveal, onClose, onShown }: LookProps) {
  const { t } = useWords()
  const refusal = useProblem()
  const [reason, setReason] = useState<LookReason>('invoice')
  const [busy, setBusy] = useState(false)
  const look = async () => {
    setBusy(true)
    const got = await refusal.guard(() => reveal(reason))
    setBusy(false)
    if (!got) return
    onShown(got)
    onClose()
  }
  return (
    <Dialog open title={t('companies.invoice.look')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <fieldset className={css.choices}>
        <legend className={css.asks}>{t('companies.invoice.why')}</legend>
        {reasons.map((one) => (
          <label key={one}>
            <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
            {t(`companies.invoice.why.${one}`)}
          </label>
        ))}
      </fieldset>
      <p className={page.note}>{t('parts.masked.audit')}</p>
      <p className={page.actions}>
        <Button type="primary" loading={busy} onClick={look}>
          {t('parts.masked.do')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}

interface EditProps extends Props {
  was: Invoice
  onClose: () => void
}

/** A masked field that is left alone stays as it is; one that is changed is written whole. */
function Edit({ slug, company, etag, was, onClose }: EditProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Record<Field, string>>()
  const [busy, setBusy] = useState(false)
  const send = async (v: Record<Field, string>) => {
    const changed: InvoiceEdit = {}
    for (const field of fields) {
      if (!untouched(v[field] ?? '', was[field] ?? '')) changed[field] = (v[field] ?? '').trim()
    }
    if (Object.keys(changed).length === 0) return onClose()
    setBusy(true)
    const done = await refusal.guard(() => editCompany(slug, company.id, etag, { invoice: changed }))
    setBusy(false)
    if (!done) return
    await companyChanged(client, slug)
    toast.done(t('companies.saved'))
    onClose()
  }
  const whole = (field: Field) => ({
    validator: (_: unknown, value = '') =>
      masked.includes(field) && stillMasked(value, was[field] ?? '')
        ? Promise.reject(new Error(t('companies.invoice.whole')))
        : Promise.resolve(),
  })
  return (
    <Dialog open side width={520} title={t('companies.invoice.edit.title')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <Form<Record<Field, string>>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ ...was, title: was.title || company.name }}
      >
        {fields.map((field) => (
          <Form.Item
            key={field}
            name={field}
            label={t(`companies.invoice.${field}`)}
            extra={masked.includes(field) && was[field] ? t('companies.invoice.masked') : undefined}
            rules={[
              ...(field === 'title' || field === 'tax_number'
                ? [{ required: true, whitespace: true, message: t('intake.needed') }]
                : []),
              whole(field),
            ]}
          >
            <Input
              maxLength={longest[field]}
              autoComplete="off"
              onFocus={(e) => masked.includes(field) && e.currentTarget.select()}
            />
          </Form.Item>
        ))}
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('companies.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
