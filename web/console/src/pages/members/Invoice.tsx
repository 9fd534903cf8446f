import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type Invoice, personInvoiceQuery, revealPersonInvoice } from '~/api/members'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { Facts } from '~/parts'
import { fields, LookAtInvoice, shownFor } from '../companies/Invoice'
import page from '../page.module.css'
import { Section } from '../Section'

/** What a person wants on their own invoices; nothing is said of who never told. */
export function PersonInvoice({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const may = useMay()
  const [looking, setLooking] = useState(false)
  const [full, setFull] = useState<Invoice>()
  const query = useQuery({ ...personInvoiceQuery(slug, id), enabled: may('order.read') === 'yes' })
  useEffect(() => {
    if (!full) return
    const timer = setTimeout(() => setFull(undefined), shownFor)
    return () => clearTimeout(timer)
  }, [full])
  const is = full ?? query.data
  if (!is?.title) return null
  return (
    <Section
      title={t('companies.invoice')}
      more={
        !full && (
          <MayButton action="people.reveal" size="small" onClick={() => setLooking(true)}>
            {t('companies.invoice.look')}
          </MayButton>
        )
      }
    >
      <Facts
        facts={fields
          .filter((field) => is[field])
          .map((field) => ({ label: t(`companies.invoice.${field}`), value: is[field] }))}
      />
      {full && (
        <p className={page.note} role="status">
          {t('parts.masked.shown')}
        </p>
      )}
      {looking && (
        <LookAtInvoice
          reveal={(reason) => revealPersonInvoice(slug, id, reason)}
          onClose={() => setLooking(false)}
          onShown={setFull}
        />
      )}
    </Section>
  )
}
