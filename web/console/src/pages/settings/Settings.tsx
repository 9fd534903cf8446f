import { Button } from 'antd'
import { Check, ChevronRight, Copy } from 'lucide-react'
import { Link } from 'react-router'
import { communityPath, consoleAddress, useCommunity } from '~/app/community'
import { type Action, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useCopy, useNow } from '~/lib/hooks'
import { Facts } from '~/parts/Facts'
import { PageHeader } from '~/parts/PageHeader'
import css from './Settings.module.css'

type Part = 'playbook' | 'staff' | 'tokens' | 'audit' | 'health'

/** The parts, with what one must be allowed to do for them to be of use. */
const needs: Record<Part, Action> = {
  playbook: 'playbook.read',
  staff: 'staff.read',
  tokens: 'token.manage',
  audit: 'audit.read',
  health: 'job.manage',
}

/** What this community is: its name, public address, zone and playbook. */
export function Settings() {
  const { t } = useWords()
  const community = useCommunity()
  const format = useFormat()
  const now = useNow()
  const { copied, copy } = useCopy()
  const may = useMay()
  const parts = Object.entries(needs).flatMap(([name, action]) => (may(action) === 'no' ? [] : [name as Part]))
  if (!community) return null
  const address = consoleAddress(community.slug)
  return (
    <>
      <PageHeader title={t('frame.settings')} question={t('frame.settings.question')} />
      <Facts
        facts={[
          { label: t('settings.name'), value: community.name },
          {
            label: t('settings.address'),
            value: (
              <span className={css.address}>
                <code>{address}</code>
                <Button
                  size="small"
                  icon={copied ? <Check size={14} /> : <Copy size={14} />}
                  onClick={() => copy(address)}
                >
                  {copied ? t('common.copied') : t('common.copy')}
                </Button>
              </span>
            ),
            note: t('settings.address.note'),
          },
          {
            label: t('settings.zone'),
            value: community.zone,
            note: t('settings.zone.note', { now: format.dateTime(now) }),
          },
        ]}
      />
      <nav aria-label={t('frame.settings')}>
        <ul className={css.more}>
          {parts.map((name) => (
            <li key={name}>
              <Link className={css.part} to={communityPath(community.slug, `settings/${name}`)}>
                <span className={css.name}>{t(`settings.${name}`)}</span>
                <span className={css.question}>{t(`settings.${name}.question`)}</span>
                <ChevronRight size={16} aria-hidden="true" />
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </>
  )
}
