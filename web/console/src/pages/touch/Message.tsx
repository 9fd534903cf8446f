import { Input } from 'antd'
import { useId, useState } from 'react'
import { useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { type Language, languageNames, languages } from '~/i18n/catalogue'
import css from './Touch.module.css'

/** By language. */
export type Words = Record<string, string>

interface Props {
  subject: Words
  body: Words
  link: string
  onChange: (change: { subject?: Words; body?: Words; link?: string }) => void
}

/** The message in three languages, with how it will read. Who has set another language gets theirs; what is missing there is said in Simplified Chinese. */
export function Message({ subject, body, link, onChange }: Props) {
  const { t } = useWords()
  const id = useId()
  const [language, setLanguage] = useState<Language>('zh-Hans')
  const [name] = useState(() => t('touch.sample.name'))
  return (
    <div className={css.message}>
      <div>
        <div role="tablist" className={css.tabs} aria-label={t('touch.languages')}>
          {languages.map((l) => (
            <button
              key={l}
              type="button"
              role="tab"
              id={`${id}-${l}`}
              aria-selected={l === language}
              aria-controls={`${id}-panel`}
              tabIndex={l === language ? 0 : -1}
              onClick={() => setLanguage(l)}
              onKeyDown={(event) => {
                const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
                if (step === 0) return
                event.preventDefault()
                const next = languages[(languages.indexOf(l) + step + languages.length) % languages.length]
                if (!next) return
                setLanguage(next)
                document.getElementById(`${id}-${next}`)?.focus()
              }}
            >
              {languageNames[l]}
              {l === 'zh-Hans' && <span className={css.note}>{t('touch.needed')}</span>}
              {l !== 'zh-Hans' && body[l]?.trim() && <span className={css.note}>{t('touch.written')}</span>}
            </button>
          ))}
        </div>
        <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${language}`} className={css.panel}>
          <label htmlFor={`${id}-subject`}>{t('touch.subject')}</label>
          <Input
            id={`${id}-subject`}
            lang={language}
            maxLength={120}
            value={subject[language] ?? ''}
            placeholder={t('touch.subject.hint')}
            onChange={(event) => onChange({ subject: { ...subject, [language]: event.target.value } })}
          />
          <label htmlFor={`${id}-body`}>{t('touch.body')}</label>
          <Input.TextArea
            id={`${id}-body`}
            lang={language}
            rows={5}
            maxLength={2000}
            value={body[language] ?? ''}
            onChange={(event) => onChange({ body: { ...body, [language]: event.target.value } })}
          />
          <span className={css.note}>
            {t('touch.placeholders', { name: '{name}', community: '{community}', link: '{link}' })}
          </span>
          <label htmlFor={`${id}-link`}>{t('touch.link')}</label>
          <Input
            id={`${id}-link`}
            value={link}
            maxLength={200}
            placeholder="/me"
            onChange={(event) => onChange({ link: event.target.value })}
          />
          <span className={css.note}>{t('touch.link.note')}</span>
        </div>
      </div>
      <Letter subject={subject} body={body} link={link} language={language} name={name} />
    </div>
  )
}

interface LetterProps {
  subject: Words
  body: Words
  link: string
  language: Language
  name: string
}

/** The message as one person gets it. */
export function Letter({ subject, body, link, language, name }: LetterProps) {
  const { t } = useWords()
  const community = useCommunity()
  const pick = (words: Words) => words[language]?.trim() || words['zh-Hans']?.trim() || ''
  const values: Record<string, string> = {
    name,
    community: community?.name ?? '',
    link: link ? `${location.origin}/${community?.slug}${link}` : '',
  }
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole)
  const borrowed = language !== 'zh-Hans' && !body[language]?.trim() && Boolean(body['zh-Hans']?.trim())
  return (
    <figure className={css.letter}>
      <figcaption className={css.label}>{t('touch.preview')}</figcaption>
      <div className={css.paper} lang={language}>
        {pick(subject) && <strong>{fill(pick(subject))}</strong>}
        <p>{pick(body) ? fill(pick(body)) : <span className={css.faint}>{t('touch.preview.empty')}</span>}</p>
        {link && !pick(body).includes('{link}') && <span className={css.link}>{values.link}</span>}
      </div>
      {borrowed && <p className={css.note}>{t('touch.preview.borrowed')}</p>}
    </figure>
  )
}
