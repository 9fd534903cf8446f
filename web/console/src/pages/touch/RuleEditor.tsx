import { useQuery } from '@tanstack/react-query'
import { Button, InputNumber, Select } from 'antd'
import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { factKindsQuery, groupsQuery, type Rule, tagsQuery } from '~/api/campaigns'
import { circlesQuery, sourcesQuery } from '~/api/community'
import { type Key, useText, useWords } from '~/i18n'
import css from './Rule.module.css'
import { blank, type Condition, days, type Kind, kinds, type Simple } from './rule'
import shared from './Touch.module.css'

interface Props {
  value: Simple
  onChange: (next: Simple) => void
  slug: string
}

/** Whom it is for: conditions one under another, all of which or any of which must hold. Without any it is everybody. */
export function RuleEditor({ value, onChange, slug }: Props) {
  const { t } = useWords()
  const put = (next: Condition) =>
    onChange({ ...value, conditions: value.conditions.map((c) => (c.key === next.key ? next : c)) })
  return (
    <div className={css.rule}>
      {value.conditions.length === 0 && <p className={css.everyone}>{t('touch.rule.everyone')}</p>}
      {value.conditions.length > 1 && (
        <p className={css.join}>
          <label>
            {t('touch.rule.join')}{' '}
            <select
              className={shared.pick}
              value={value.join}
              onChange={(event) => onChange({ ...value, join: event.target.value as Simple['join'] })}
            >
              <option value="all">{t('touch.rule.all')}</option>
              <option value="any">{t('touch.rule.any')}</option>
            </select>
          </label>
        </p>
      )}
      <ul className={css.conditions}>
        {value.conditions.map((condition) => (
          <li key={condition.key}>
            <select
              className={shared.pick}
              aria-label={t('touch.rule.what')}
              value={condition.kind}
              onChange={(event) => put({ ...blank(event.target.value as Kind), key: condition.key })}
            >
              {kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`touch.rule.kind.${kind}`)}
                </option>
              ))}
            </select>
            <select
              className={shared.pick}
              aria-label={t('touch.rule.how')}
              value={condition.not ? 'not' : 'is'}
              onChange={(event) => put({ ...condition, not: event.target.value === 'not' })}
            >
              <option value="is">{t('touch.rule.is')}</option>
              <option value="not">{t('touch.rule.isNot')}</option>
            </select>
            <span className={css.value}>
              <Value condition={condition} slug={slug} onChange={(rule) => put({ ...condition, rule })} />
            </span>
            <button
              type="button"
              className={css.drop}
              aria-label={t('touch.rule.remove', { what: t(`touch.rule.kind.${condition.kind}`) })}
              onClick={() =>
                onChange({ ...value, conditions: value.conditions.filter((c) => c.key !== condition.key) })
              }
            >
              <X size={16} />
            </button>
          </li>
        ))}
      </ul>
      <Button
        size="small"
        icon={<Plus size={14} />}
        onClick={() => onChange({ ...value, conditions: [...value.conditions, blank('stage')] })}
      >
        {t('touch.rule.add')}
      </Button>
    </div>
  )
}

interface ValueProps {
  condition: Condition
  slug: string
  onChange: (rule: Rule) => void
}

function Value({ condition: { kind, rule }, slug, onChange }: ValueProps): ReactNode {
  const { t } = useWords()
  const fixed = (list: string[], word: (value: string) => Key) => (
    <Many
      label={t(`touch.rule.kind.${kind}`)}
      options={list.map((value) => ({ value, label: t(word(value)) }))}
      value={rule.is ?? []}
      onChange={(is) => onChange({ ...rule, is })}
    />
  )
  switch (kind) {
    case 'stage':
      return fixed(['preconception', 'pregnancy', 'parenting'], (v) => `people.stage.${v}` as Key)
    case 'grade':
      return fixed(['care', 'cool', 'ignore'], (v) => `people.grade.${v}` as Key)
    case 'joiner':
      return fixed(['learner', 'connector', 'recruiter', 'advertiser'], (v) => `people.joiner.${v}` as Key)
    case 'city':
      return (
        <Select
          className={shared.wide}
          aria-label={t('touch.rule.kind.city')}
          mode="tags"
          open={false}
          suffixIcon={null}
          tokenSeparators={[',', '，', '、', ' ']}
          placeholder={t('touch.rule.city.hint')}
          value={rule.is ?? []}
          onChange={(is: string[]) => onChange({ ...rule, is })}
        />
      )
    case 'source':
      return <Source rule={rule} slug={slug} onChange={onChange} />
    case 'tag':
      return <Tag rule={rule} slug={slug} onChange={onChange} />
    case 'circle':
      return <Member rule={rule} slug={slug} onChange={onChange} />
    case 'ways':
      return (
        <Many
          label={t('touch.rule.kind.ways')}
          options={(['3', '2', '1', '0'] as const).map((value) => ({ value, label: t(`reach.ways.${value}`) }))}
          value={(rule.ways ?? []).map(String)}
          onChange={(ways) => onChange({ ways: ways.map(Number) })}
        />
      )
    case 'created':
    case 'seen':
      return <Within rule={rule} onChange={onChange} />
    case 'fact':
      return (
        <>
          <Happened rule={rule} slug={slug} onChange={onChange} />
          <Within rule={rule} onChange={onChange} />
        </>
      )
    case 'consent':
      return (
        <select
          className={shared.pick}
          aria-label={t('touch.rule.kind.consent')}
          value={rule.consent}
          onChange={(event) => onChange({ consent: event.target.value })}
        >
          {(['marketing', 'service', 'sharing', 'analytics'] as const).map((purpose) => (
            <option key={purpose} value={purpose}>
              {t(`touch.purpose.${purpose}`)}
            </option>
          ))}
        </select>
      )
  }
}

interface ManyProps {
  label: string
  options: { value: string; label: string }[]
  value: string[]
  onChange: (value: string[]) => void
}

const Many = ({ label, options, value, onChange }: ManyProps) => (
  <Select
    className={shared.wide}
    mode="multiple"
    aria-label={label}
    placeholder={label}
    options={options}
    value={value}
    onChange={onChange}
    showSearch={{ optionFilterProp: 'label' }}
  />
)

type Part = Omit<ValueProps, 'condition'> & { rule: Rule }

function Source({ rule, slug, onChange }: Part) {
  const { t } = useWords()
  const sources = useQuery(sourcesQuery(slug))
  return (
    <Many
      label={t('touch.rule.kind.source')}
      options={(sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))}
      value={rule.is ?? []}
      onChange={(is) => onChange({ ...rule, is })}
    />
  )
}

function Tag({ rule, slug, onChange }: Part) {
  const { t } = useWords()
  const tags = useQuery(tagsQuery(slug))
  return (
    <Select
      className={shared.wide}
      aria-label={t('touch.rule.kind.tag')}
      placeholder={t('touch.rule.kind.tag')}
      showSearch
      notFoundContent={t('touch.rule.tag.none')}
      options={(tags.data?.items ?? []).map((x) => ({ value: x.tag, label: `${x.tag} (${x.people})` }))}
      value={rule.tag || undefined}
      onChange={(tag: string) => onChange({ tag })}
    />
  )
}

function Member({ rule, slug, onChange }: Part) {
  const { t } = useWords()
  const text = useText()
  const groups = useQuery(groupsQuery(slug))
  const circles = useQuery(circlesQuery(slug))
  return (
    <Select
      className={shared.wide}
      aria-label={t('touch.rule.kind.circle')}
      showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={false}
      options={[
        { value: '*', label: t('touch.rule.circle.any') },
        {
          label: t('touch.rule.circle.groups'),
          title: t('touch.rule.circle.groups'),
          options: (groups.data?.items ?? []).map((g) => ({ value: `group:${g.name}`, label: groupName(g.name, t) })),
        },
        {
          label: t('touch.rule.circle.one'),
          title: t('touch.rule.circle.one'),
          options: (circles.data?.items ?? []).map((c) => ({ value: c.id, label: text(c.name) })),
        },
      ]}
      value={rule.member}
      onChange={(member: string) => onChange({ member })}
    />
  )
}

/** Groups of life stages have names of their own; others are called as the playbook calls them. */
function groupName(group: string, t: (key: Key) => string): string {
  const stage = group.startsWith('stage:') ? group.slice('stage:'.length) : ''
  return ['preconception', 'pregnancy', 'parenting'].includes(stage) ? t(`people.stage.${stage}` as Key) : group
}

/** What may be asked of people's history: things they did, which have words of their own. */
function Happened({ rule, slug, onChange }: Part) {
  const { t } = useWords()
  const known = useQuery(factKindsQuery(slug))
  const options = (known.data?.items ?? [])
    .filter(({ kind }) => /^(circle|intake|people|seat|touch)\./.test(kind))
    .map(({ kind }) => ({ value: kind, label: t(`facts.${kind}` as Key) }))
    .filter(({ value, label }) => label !== `facts.${value}`)
  return (
    <Select
      className={shared.wide}
      aria-label={t('touch.rule.kind.fact')}
      placeholder={t('touch.rule.fact.hint')}
      showSearch={{ optionFilterProp: 'label' }}
      options={options}
      value={rule.fact || undefined}
      onChange={(fact: string) => onChange({ ...rule, fact })}
    />
  )
}

function Within({ rule, onChange }: { rule: Rule; onChange: (rule: Rule) => void }) {
  const { t } = useWords()
  return (
    <span className={css.within}>
      <InputNumber
        aria-label={t('touch.rule.days')}
        min={1}
        max={3650}
        precision={0}
        value={days(rule.from) ?? 30}
        onChange={(n) => onChange({ ...rule, from: `-${n ?? 30}d` })}
      />
      {t('touch.rule.within')}
    </span>
  )
}
