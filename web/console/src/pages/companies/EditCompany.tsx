import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { staffQuery } from '~/api/community'
import { type Company, companyChanged, editCompany } from '~/api/companies'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'

interface Values {
  name: string
  owner?: string
}

interface Props {
  slug: string
  company: Company
  etag?: string
  onClose: () => void
}

/** What a company is called, and who of the staff looks after it. */
export function EditCompany({ slug, company, etag, onClose }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const [busy, setBusy] = useState(false)
  const staff = useQuery(staffQuery(slug))
  const known = (staff.data?.items ?? []).map((s) => ({ value: s.id, label: s.name || s.email }))
  const send = async (v: Values) => {
    setBusy(true)
    const done = await refusal.guard(
      () => editCompany(slug, company.id, etag, { name: v.name.trim(), owner: v.owner ?? '' }),
      form,
    )
    setBusy(false)
    if (!done) return
    await companyChanged(client, slug)
    toast.done(t('companies.saved'))
    onClose()
  }
  return (
    <Dialog open title={t('companies.edit')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ name: company.name, owner: company.owner || undefined }}
      >
        <Form.Item
          name="name"
          label={t('companies.name')}
          rules={[{ required: true, whitespace: true, message: t('intake.needed') }]}
        >
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="owner" label={t('companies.owner')} extra={t('companies.owner.note')}>
          <Select allowClear placeholder={t('companies.owner.none')} options={known} />
        </Form.Item>
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
