import { Link } from 'react-router'
import type { SetupDone } from '~/api/auth'
import { communityPath } from '~/app/community'
import { pages } from '~/app/pages'
import { useText, useWords } from '~/i18n'
import { ButtonLink } from '~/parts/ButtonLink'
import { QrCard } from '~/parts/QrCard'
import css from './Setup.module.css'

/** The community stands: its first entry, and what leads from nothing to the first member. */
export function Finished({ result }: { result: SetupDone }) {
  const { t } = useWords()
  const text = useText()
  const { community, first_entry: entry } = result
  const { operator } = result.session
  const has = (path: string) => pages.some((page) => page.path === path)
  // Only ways that lead somewhere in this release.
  const steps = [
    ...(entry ? [{ key: 'scan', label: t('setup.first.scan') }] : []),
    ...(operator.totp ? [] : [{ key: 'totp', label: t('setup.first.totp'), to: '/account/totp' }]),
    ...(has('intake')
      ? [{ key: 'intake', label: t('setup.first.intake'), to: communityPath(community.slug, 'intake') }]
      : []),
    ...(has('people')
      ? [{ key: 'people', label: t('setup.first.import'), to: communityPath(community.slug, 'people') }]
      : []),
    ...(has('settings')
      ? [{ key: 'staff', label: t('setup.first.settings'), to: communityPath(community.slug, 'settings') }]
      : []),
  ]
  return (
    <>
      <h1 className={css.title}>{t('setup.finished.title', { name: text(community.name) })}</h1>
      <p className={css.lead}>{entry ? t('setup.finished.lead') : t('setup.finished.bare')}</p>
      {entry && (
        <div className={css.entry}>
          <QrCard
            title={entry.title}
            url={entry.url}
            svg={entry.qr_svg}
            caption={t('setup.finished.entry')}
            size={200}
          />
        </div>
      )}
      <h2 className={css.subtitle}>{t('setup.first')}</h2>
      <ol className={css.first}>
        {steps.map((step) => (
          <li key={step.key}>{'to' in step && step.to ? <Link to={step.to}>{step.label}</Link> : step.label}</li>
        ))}
      </ol>
      <div className={css.buttons}>
        <ButtonLink to={communityPath(community.slug)}>{t('setup.open')}</ButtonLink>
      </div>
    </>
  )
}
