import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Input, InputNumber } from 'antd'
import dayjs from 'dayjs'
import { type ReactNode, useId, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { type Campaign, type CampaignFields, campaignQuery, type Rule, rulesQuery } from '~/api/campaigns'
import { api, call, ifMatch } from '~/api/client'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { communityPath, useCommunity } from '~/app/community'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { formatDate, formatTime, instantAt, useFormat } from '~/i18n/format'
import { ButtonLink, PageHeader, ProblemNotice } from '~/parts'
import { Section } from '../Section'
import { Audience } from './Audience'
import { Bounds } from './Campaigns'
import { Message, type Words } from './Message'
import { RuleEditor } from './RuleEditor'
import { fromRule, type Simple, toRule } from './rule'
import css from './Touch.module.css'
import { channelName } from './words'

interface Draft {
  name: string
  simple?: Simple
  /** A rule that the editor can't show: kept as it is. */
  raw?: Rule
  purpose: string
  subject: Words
  body: Words
  link: string
  channel: string
  when: 'now' | 'at'
  startsAt: string
  notAfter: string
  holdout: number
}

const purposes = ['marketing', 'service', 'sharing', 'analytics'] as const

/** Writes a campaign, or a draft of one anew: whom, what, how; with what the gate would say of it beside. */
export function Write() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const was = useQuery(campaignQuery(slug, id))
  const crumbs = [{ label: t('frame.touch'), to: communityPath(slug, 'touch') }]
  const title = id ? t('touch.edit') : t('touch.new')
  const { zone } = useFormat()
  if (id && was.error)
    return (
      <>
        <PageHeader title={title} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(was.error)} onRetry={() => was.refetch()} />
      </>
    )
  if (id && !was.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={title}
        crumbs={was.data ? [...crumbs, { label: was.data.name, to: communityPath(slug, `touch/${id}`) }] : crumbs}
      />
      <Form slug={slug} was={was.data} start={draftOf(was.data, zone)} />
    </>
  )
}

function draftOf(c: Campaign | undefined, zone: string): Draft {
  const local = (at?: string) => (at ? `${formatDate(at, zone)}T${formatTime(at, zone)}` : '')
  const simple = c ? fromRule(c.rule) : { join: 'all' as const, conditions: [] }
  return {
    name: c?.name ?? '',
    simple,
    raw: simple ? undefined : c?.rule,
    purpose: c?.message.purpose ?? 'marketing',
    subject: c?.message.subject ?? {},
    body: c?.message.body ?? {},
    link: c?.message.link ?? '',
    channel: c?.channel ?? '',
    when: c?.starts_at ? 'at' : 'now',
    startsAt: local(c?.starts_at),
    notAfter: local(c?.not_after),
    holdout: c?.holdout ?? 0,
  }
}

function Form({ slug, was, start }: { slug: string; was?: Campaign; start: Draft }) {
  const { t } = useWords()
  const id = useId()
  const { zone } = useFormat()
  const client = useQueryClient()
  const navigate = useNavigate()
  const refusal = useProblem()
  const rules = useQuery(rulesQuery(slug))
  const [draft, setDraft] = useState(start)
  const put = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }))
  const rule = draft.simple ? toRule(draft.simple) : (draft.raw ?? {})
  const startsAt = draft.when === 'at' && draft.startsAt ? instantAt(draft.startsAt, zone) : undefined
  const notAfter = draft.notAfter ? instantAt(draft.notAfter, zone) : undefined
  const fields: CampaignFields = {
    name: draft.name,
    rule,
    channel: draft.channel || undefined,
    message: {
      purpose: draft.purpose,
      body: filled(draft.body),
      subject: Object.keys(filled(draft.subject)).length > 0 ? filled(draft.subject) : undefined,
      link: draft.link.trim() || undefined,
    },
    holdout: draft.holdout || undefined,
    starts_at: startsAt,
    not_after: notAfter,
  }
  const save = useCommand((input: CampaignFields, headers) =>
    was
      ? call<Campaign>(
          api.PUT('/api/v1/communities/{community}/campaigns/{id}', {
            params: { path: { community: slug, id: was.id } },
            headers: ifMatch(`"v${was.version}"`),
            body: input,
          }),
        )
      : call<Campaign>(
          api.POST('/api/v1/communities/{community}/campaigns', {
            params: { path: { community: slug } },
            headers,
            body: input,
          }),
        ),
  )
  const submit = async () => {
    const done = await refusal.guard(() => save.mutateAsync(fields))
    if (!done) return
    client.setQueryData(campaignQuery(slug, done.id).queryKey, done)
    await client.invalidateQueries({ queryKey: ['campaigns', slug] })
    navigate(communityPath(slug, `touch/${done.id}`))
  }
  const missing = [
    !draft.name.trim() && t('touch.missing.name'),
    !filled(draft.body)['zh-Hans'] && t('touch.missing.body'),
    draft.when === 'at' && !draft.startsAt && t('touch.missing.at'),
  ].filter((x): x is string => Boolean(x))
  return (
    <form
      className={css.write}
      onSubmit={(event) => {
        event.preventDefault()
        if (missing.length === 0) void submit()
      }}
    >
      <div className={css.left}>
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
        <Field label={t('touch.name')} htmlFor={`${id}-name`}>
          <Input
            id={`${id}-name`}
            value={draft.name}
            maxLength={80}
            placeholder={t('touch.name.hint')}
            onChange={(event) => put({ name: event.target.value })}
          />
        </Field>
        <Section title={t('touch.whom')}>
          {draft.simple ? (
            <RuleEditor slug={slug} value={draft.simple} onChange={(simple) => put({ simple })} />
          ) : (
            <>
              <p className={css.note}>{t('touch.rule.raw')}</p>
              <pre className={css.raw}>{JSON.stringify(draft.raw, null, 2)}</pre>
              <Button size="small" onClick={() => put({ simple: { join: 'all', conditions: [] }, raw: undefined })}>
                {t('touch.rule.anew')}
              </Button>
            </>
          )}
        </Section>
        <Section title={t('touch.what')}>
          <fieldset className={css.purposes} aria-label={t('touch.purpose')}>
            {purposes.map((purpose) => (
              <label key={purpose} data-on={draft.purpose === purpose || undefined}>
                <input
                  type="radio"
                  name={`${id}-purpose`}
                  checked={draft.purpose === purpose}
                  onChange={() => put({ purpose })}
                />
                <span>
                  {t(`touch.purpose.${purpose}`)}
                  <span className={css.note}>{t(`touch.purpose.${purpose}.note`)}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <Message subject={draft.subject} body={draft.body} link={draft.link} onChange={(change) => put(change)} />
        </Section>
        <Section title={t('touch.how')}>
          <div className={css.grid}>
            <Field label={t('touch.channel')} htmlFor={`${id}-channel`}>
              <select
                id={`${id}-channel`}
                className={css.pick}
                value={draft.channel}
                onChange={(event) => put({ channel: event.target.value })}
              >
                <option value="">{t('touch.channel.any')}</option>
                {(rules.data?.channels ?? []).map((channel) => (
                  <option key={channel} value={channel}>
                    {channelName(channel, t)}
                  </option>
                ))}
              </select>
            </Field>
            <Field label={t('touch.holdout')} htmlFor={`${id}-holdout`} note={t('touch.holdout.note')}>
              <InputNumber
                id={`${id}-holdout`}
                min={0}
                max={50}
                precision={0}
                suffix="%"
                value={draft.holdout}
                onChange={(holdout) => put({ holdout: holdout ?? 0 })}
              />
            </Field>
            <Field label={t('touch.start')} htmlFor={`${id}-when`}>
              <select
                id={`${id}-when`}
                className={css.pick}
                value={draft.when}
                onChange={(event) => put({ when: event.target.value as Draft['when'] })}
              >
                <option value="now">{t('touch.start.now')}</option>
                <option value="at">{t('touch.start.at')}</option>
              </select>
              {draft.when === 'at' && (
                <Moment label={t('touch.start.at')} value={draft.startsAt} onChange={(startsAt) => put({ startsAt })} />
              )}
            </Field>
            <Field label={t('touch.until')} htmlFor={`${id}-until`} note={t('touch.until.note', { zone })}>
              <Moment
                id={`${id}-until`}
                label={t('touch.until')}
                value={draft.notAfter}
                onChange={(notAfter) => put({ notAfter })}
              />
            </Field>
          </div>
          {rules.data && <Bounds rules={rules.data} />}
        </Section>
        <div className={css.actions}>
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={missing.length > 0}>
            {t('touch.save')}
          </Button>
          <ButtonLink quiet to={communityPath(slug, was ? `touch/${was.id}` : 'touch')}>
            {t('common.cancel')}
          </ButtonLink>
          <span className={css.note}>
            {missing.length > 0
              ? t('touch.missing', { what: missing.join(t('common.listComma')) })
              : t('touch.save.note')}
          </span>
        </div>
      </div>
      <div className={css.right}>
        <Audience
          slug={slug}
          holdout={draft.holdout}
          look={{
            rule,
            purpose: draft.purpose,
            channel: draft.channel || undefined,
            starts_at: startsAt,
            not_after: notAfter,
          }}
        />
      </div>
    </form>
  )
}

interface MomentProps {
  id?: string
  label: string
  /** 2026-11-21T14:30 as the clocks of the community show it; empty for none. */
  value: string
  onChange: (value: string) => void
}

/** A moment by the community's clocks, wherever the browser is. */
const Moment = ({ id, label, value, onChange }: MomentProps) => (
  <DatePicker
    id={id}
    aria-label={label}
    showTime={{ format: 'HH:mm' }}
    format="YYYY-MM-DD HH:mm"
    value={value ? dayjs(value) : null}
    onChange={(at) => onChange(at ? at.format('YYYY-MM-DDTHH:mm') : '')}
  />
)

const filled = (words: Words): Words =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value.trim() !== ''))

interface FieldProps {
  label: string
  htmlFor: string
  note?: string
  children: ReactNode
}

function Field({ label, htmlFor, note, children }: FieldProps) {
  return (
    <div className={css.field}>
      <label htmlFor={htmlFor}>{label}</label>
      {children}
      {note && <span className={css.note}>{note}</span>}
    </div>
  )
}
