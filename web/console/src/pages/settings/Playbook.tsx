import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { useRef, useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { PageHeader, ProblemNotice } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { Source, type SourceHandle } from './Source'

/** The playbook the community runs on: read it, change it, see what would change, apply it. */
export function Playbook() {
  const { t } = useWords()
  const format = useFormat()
  const toast = useToast()
  const slug = useCommunity()?.slug ?? ''
  const client = useQueryClient()
  const refusal = useProblem()
  const [draft, setDraft] = useState<string>()
  const [checked, setChecked] = useState<Schemas['Checked']>()
  const [acknowledged, setAcknowledged] = useState(false)
  const text = useRef<SourceHandle>(null)
  const path = { community: slug }
  const applied = useQuery({
    queryKey: ['playbook', slug],
    queryFn: ({ signal }) =>
      call<Schemas['PlaybookApplied']>(
        api.GET('/api/v1/communities/{community}/playbook', { params: { path }, signal }),
      ),
  })
  const source = draft ?? applied.data?.source ?? ''
  const check = () =>
    refusal.guard(async () => {
      setAcknowledged(false)
      setChecked(
        await call<Schemas['Checked']>(
          api.POST('/api/v1/communities/{community}/playbook/check', { params: { path }, body: { source } as never }),
        ),
      )
    })
  const apply = () =>
    refusal.guard(async () => {
      await call(
        api.POST('/api/v1/communities/{community}/playbook/apply', {
          params: { path },
          body: { source, acknowledge: acknowledged } as never,
        }),
      )
      setDraft(undefined)
      setChecked(undefined)
      toast.done(t('settings.playbook.applied'))
      await client.invalidateQueries()
    })
  const problems = checked?.problems ?? []
  const warnings = checked?.warnings ?? []
  const line = (p: Schemas['PlaybookProblem']) =>
    p.line ? (
      <Button
        type="link"
        size="small"
        className={css.inline}
        title={t('settings.playbook.go', { line: p.line })}
        onClick={() => text.current?.go(p.line ?? 1)}
      >
        {t('settings.playbook.line', { line: p.line })}
      </Button>
    ) : null
  return (
    <>
      <PageHeader
        title={t('settings.playbook')}
        question={t('settings.playbook.question')}
        crumbs={[{ label: t('frame.settings'), to: communityPath(slug, 'settings') }]}
        actions={
          <>
            <Button onClick={check}>{t('settings.playbook.check')}</Button>
            <MayButton
              action="playbook.apply"
              type="primary"
              disabled={
                !checked ||
                problems.length > 0 ||
                (checked.changes ?? []).length === 0 ||
                (warnings.length > 0 && !acknowledged)
              }
              onClick={apply}
            >
              {t('settings.playbook.apply')}
            </MayButton>
          </>
        }
      />
      {applied.error && <ProblemNotice problem={asProblem(applied.error)} onRetry={() => applied.refetch()} />}
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      {checked && (
        <Section
          title={
            problems.length > 0
              ? t('settings.playbook.problems', { count: problems.length })
              : t('settings.playbook.changes', { count: (checked.changes ?? []).length })
          }
        >
          <Rows none={t('settings.playbook.same')}>
            {problems.length > 0
              ? problems.map((p) => (
                  <Row key={`${p.line} ${p.field}`}>
                    <span>
                      {line(p)} <code>{p.field}</code> {p.reason}
                    </span>
                  </Row>
                ))
              : (checked.changes ?? []).map((c) => (
                  <Row key={c.field}>
                    <code>{c.field}</code>
                    <span className={css.soft}>
                      {brief(c.from)} → {c.retires ? t('settings.playbook.retires') : brief(c.to)}
                    </span>
                  </Row>
                ))}
          </Rows>
        </Section>
      )}
      {warnings.length > 0 && (
        <Section title={t('settings.playbook.warnings', { count: warnings.length })}>
          <Rows none="">
            {warnings.map((p) => (
              <Row key={`${p.field} ${p.reason}`}>
                <span>
                  {line(p)} <code>{p.field}</code> {p.reason}
                </span>
              </Row>
            ))}
          </Rows>
          <Checkbox checked={acknowledged} onChange={(e) => setAcknowledged(e.target.checked)}>
            {t('settings.playbook.acknowledge')}
          </Checkbox>
        </Section>
      )}
      <Section
        title={t('settings.playbook.source')}
        more={
          applied.data &&
          t('settings.playbook.version', {
            version: applied.data.version,
            at: format.dateTime(applied.data.applied_at),
          })
        }
      >
        <Source
          ref={text}
          label={t('settings.playbook.source')}
          value={source}
          marked={new Set(problems.map((p) => p.line ?? 0))}
          onChange={(value) => {
            setDraft(value)
            setChecked(undefined)
          }}
        />
      </Section>
    </>
  )
}

const brief = (value: unknown) => {
  const text = value === undefined || value === null ? '—' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
