import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Department, Member } from '~/api/team'
import { communityPath, useCommunity } from '~/app/community'
import { useMay } from '~/app/may'
import { type Translate, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { roleName } from '~/lib/roles'
import { DataTable, Facts, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { TeamHead } from './Head'
import { Place } from './Place'
import css from './Team.module.css'
import type { Team } from './useTeam'
import { clockOf, sideName, stepsOf } from './words'

/** Who does what: the departments with their staff and what each has in hand, and the rules by which people and sales are theirs. */
export function Departments() {
  return <TeamHead>{(team) => <All team={team} />}</TeamHead>
}

function All({ team }: { team: Team }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const [placing, setPlacing] = useState<Member>()
  return (
    <>
      {team.departments.map((d) => (
        <Section
          key={d.name}
          title={team.titleOf(d.name)}
          more={t('team.department.what', { side: sideName(d.side, t), role: roleName(d.role ?? '', t) })}
        >
          {(d.members ?? []).length === 0 ? (
            <p className={page.none}>
              {t('team.department.empty', { role: roleName(d.role ?? '', t) })}{' '}
              <Link to={communityPath(slug, 'settings/staff')}>{t('settings.staff')}</Link>
            </p>
          ) : (
            <Members department={d} team={team} slug={slug} onPlace={setPlacing} />
          )}
          <Terms department={d} />
        </Section>
      ))}
      <Section title={t('team.rules')} more={t('growth.version', { n: team.data?.version ?? 0 })}>
        <Rules team={team} />
      </Section>
      {placing && <Place slug={slug} member={placing} team={team} onClose={() => setPlacing(undefined)} />}
    </>
  )
}

interface MembersProps {
  department: Department
  team: Team
  slug: string
  onPlace: (member: Member) => void
}

function Members({ department: d, team, slug, onPlace }: MembersProps) {
  const { t } = useWords()
  const format = useFormat()
  const manages = useMay()('team.manage') !== 'no'
  const holds = d.side !== 'traffic'
  const most = (m: Member) => m.most || team.data?.owners.most || 0
  return (
    <DataTable<Member>
      label={team.titleOf(d.name)}
      rows={d.members ?? []}
      rowId={(m) => m.staff}
      columns={[
        { id: 'staff', header: t('team.staff'), main: true, width: 160, cell: (m) => m.staff_name },
        ...(holds
          ? [
              {
                id: 'load',
                header: t('team.load'),
                width: 220,
                cell: (m: Member) => (
                  <Link className={css.load} to={communityPath(slug, `team/contacts?staff=${m.staff}`)}>
                    <Load now={m.load} most={most(m)} />
                    <span>
                      {most(m) > 0
                        ? t('team.load.of', { count: m.load, most: format.count(most(m)) })
                        : t('team.unit', { count: m.load })}
                    </span>
                  </Link>
                ),
              },
              {
                id: 'takes',
                header: t('team.takes'),
                cell: (m: Member) =>
                  m.paused ? (
                    <StatusTag bare tone="wait">
                      {t('team.paused')}
                    </StatusTag>
                  ) : (
                    hoursOf(m, team, t)
                  ),
              },
              {
                id: 'given',
                header: t('team.lastGiven'),
                cell: (m: Member) => (m.last_given ? format.dateTime(m.last_given) : ''),
              },
            ]
          : []),
        ...(holds && manages
          ? [
              {
                id: 'place',
                header: '',
                align: 'right' as const,
                cell: (m: Member) => (
                  <Button
                    size="small"
                    type="link"
                    className={page.inline}
                    aria-label={t('team.place.whom', { name: m.staff_name })}
                    onClick={() => onPlace(m)}
                  >
                    {t('team.place')}
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}

/** How full somebody's hands are; nothing where there is no limit. */
function Load({ now, most }: { now: number; most: number }) {
  if (most <= 0) return null
  return (
    <span className={css.track} aria-hidden="true">
      <span
        className={css.fill}
        data-full={now >= most || undefined}
        style={{ width: `${Math.min(100, (100 * now) / most)}%` }}
      />
    </span>
  )
}

function hoursOf(m: Member, team: Team, t: Translate): string {
  if (m.to) return `${clockOf(m.from ?? 0)}–${clockOf(m.to)}`
  const hours = team.data?.owners.hours
  return hours?.from && hours.to ? `${hours.from}–${hours.to}` : t('team.hours.all')
}

/** What a department earns by, and whose people come to it. */
function Terms({ department: d }: { department: Department }) {
  const { t } = useWords()
  const steps = stepsOf(d.pay, t)
  const sources = d.sources ?? []
  if (steps.length === 0 && sources.length === 0) return null
  return (
    <div className={css.terms}>
      <Facts
        facts={[
          ...(steps.length > 0
            ? [
                {
                  label: t('team.pay'),
                  value: steps.map((line) => <div key={line}>{line}</div>),
                  note: t('team.pay.note'),
                },
              ]
            : []),
          ...(sources.length > 0 ? [{ label: t('team.sources'), value: sources.join(t('common.listComma')) }] : []),
        ]}
      />
    </div>
  )
}

const kinds = ['plan', 'ticket', 'good', 'goods']

function Rules({ team }: { team: Team }) {
  const { t } = useWords()
  const { owners, credits } = team.data ?? {}
  const over = owners?.hand_over?.length ? owners.hand_over : ['plan']
  return (
    <Facts
      facts={[
        {
          label: t('team.rule.choose'),
          value: t(owners?.choose === 'turns' ? 'team.choose.turns' : 'team.choose.load'),
        },
        {
          label: t('team.rule.hours'),
          value:
            owners?.hours?.from && owners.hours.to ? `${owners.hours.from}–${owners.hours.to}` : t('team.hours.all'),
          note: t('team.rule.hours.note'),
        },
        {
          label: t('team.rule.most'),
          value: owners?.most ? t('team.unit', { count: owners.most }) : t('team.most.none'),
        },
        {
          label: t('team.rule.return'),
          value: spanOf(owners?.return_after || '72h', t),
          note: t('team.rule.return.note'),
        },
        {
          label: t('team.rule.over'),
          value: over
            .map((kind) => (kinds.includes(kind) ? t(`growth.product.${kind as 'plan'}`) : kind))
            .join(t('common.listComma')),
          note: t('team.rule.over.note'),
        },
        ...(['referral', 'renewal', 'upgrade'] as const).map((kind) => ({
          label: t('team.rule.credit', { kind: t(`team.sale.${kind}`) }),
          value: sideName(credits?.[kind] || (kind === 'upgrade' ? 'sales' : 'service'), t),
        })),
      ]}
    />
  )
}

/** 3d, 72h, 90m in words. */
function spanOf(span: string, t: Translate): string {
  const match = /^(\d+)(d|h|m)$/.exec(span)
  if (!match) return span
  const unit = ({ d: 'day', h: 'hour', m: 'minute' } as const)[match[2] as 'd']
  return t(`common.span.${unit}`, { count: Number(match[1]) })
}
