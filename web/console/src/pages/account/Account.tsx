import { Link } from 'react-router'
import { useSession } from '~/api/queries'
import { LanguageSwitch, ThemeSwitch } from '~/app/Switches'
import { useWords } from '~/i18n'
import { Facts } from '~/parts/Facts'
import { PageHeader } from '~/parts/PageHeader'
import { StatusTag } from '~/parts/StatusTag'
import css from './Account.module.css'

/** The operator's own account: who I am, how the console looks to me, how safe my sign-in is. */
export function Account() {
  const { t } = useWords()
  const { data: session } = useSession()
  if (!session) return null
  const { operator } = session
  return (
    <>
      <PageHeader title={t('account.title')} question={t('account.question')} />
      <Facts
        facts={[
          { label: t('account.name'), value: operator.name },
          { label: t('account.email'), value: operator.email },
          {
            label: t('account.totp'),
            value: operator.totp ? (
              <StatusTag tone="good">{t('account.totp.on')}</StatusTag>
            ) : (
              <span className={css.line}>
                <StatusTag tone="wait">{t('account.totp.off')}</StatusTag>
                <Link to="/account/totp">{t('account.totp.turnOn')}</Link>
              </span>
            ),
            note: t('account.totp.why'),
          },
          {
            label: t('frame.language'),
            value: <Narrow>{<LanguageSwitch />}</Narrow>,
            note: t('account.language.note'),
          },
          { label: t('frame.theme'), value: <Narrow>{<ThemeSwitch />}</Narrow> },
        ]}
      />
    </>
  )
}

const Narrow = ({ children }: { children: React.ReactNode }) => <div className={css.narrow}>{children}</div>
