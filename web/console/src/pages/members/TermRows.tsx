import type { Schemas } from '~/api/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { StatusTag } from '~/parts'
import { Row, Rows } from '../Section'
import { lastMoment } from './Members'
import css from './Members.module.css'
import { termState, termTone } from './terms'

/** Terms of a person or a company, the latest first. */
export function TermRows({ terms, none }: { terms: Schemas['MembershipTerm'][]; none: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  return (
    <Rows none={none}>
      {terms.toReversed().map((term) => (
        <Row key={term.id}>
          <span>
            {text(term.title) || term.plan}{' '}
            <span className={css.price}>{format.money(term.price - (term.credit ?? 0))}</span>
            <br />
            <span className={css.note}>
              {[
                ['new', 'renewal', 'upgrade'].includes(term.kind) && t(`members.kind.${term.kind as 'new'}`),
                term.starts && term.ends && `${format.date(term.starts)} – ${format.date(lastMoment(term.ends))}`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
          <StatusTag bare tone={termTone(term.state)}>
            {termState(term.state, t)}
          </StatusTag>
        </Row>
      ))}
    </Rows>
  )
}
