import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Copy, Download } from 'lucide-react'
import { useEffect } from 'react'
import type { Session, TotpConfirmed } from '~/api/auth'
import { sessionQuery } from '~/api/queries'
import { useWords } from '~/i18n'
import { useCopy } from '~/lib/hooks'
import { ButtonLink } from '~/parts/ButtonLink'
import css from './Totp.module.css'

/** The ten codes that replace a lost phone. The server gives them this once, so the page says it plainly. */
export function RecoveryCodes({ confirmed }: { confirmed: TotpConfirmed }) {
  const { t } = useWords()
  const client = useQueryClient()
  const { copied, copy } = useCopy()
  const codes = confirmed.recovery_codes
  const text = `${codes.join('\n')}\n`

  useEffect(() => {
    const now = (session: Session | null | undefined) =>
      session && { ...session, operator: confirmed.operator, mfa: true }
    client.setQueryData(sessionQuery.queryKey, now)
  }, [client, confirmed])

  return (
    <section className={css.start}>
      <p className={css.done} role="status">
        <Check size={16} aria-hidden="true" /> {t('account.enrol.done')}
      </p>
      <h2>{t('account.codes.title')}</h2>
      <p className={css.why}>{t('account.codes.why', { count: codes.length })}</p>
      <ul className={css.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={css.buttons}>
        <Button icon={copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => copy(text)}>
          {copied ? t('common.copied') : t('common.copy')}
        </Button>
        <Button
          icon={<Download size={14} />}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="qunce-recovery-codes.txt"
        >
          {t('account.codes.save')}
        </Button>
        <ButtonLink to="/account">{t('account.codes.kept')}</ButtonLink>
      </div>
    </section>
  )
}
