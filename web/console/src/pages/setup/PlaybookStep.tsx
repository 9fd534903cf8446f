import { Button } from 'antd'
import { useState } from 'react'
import type { Playbook } from '~/api/auth'
import type { Problem } from '~/api/problem'
import { useText, useWords } from '~/i18n'
import { ProblemNotice } from '~/parts/ProblemNotice'
import css from './Setup.module.css'

interface Props {
  playbooks: Playbook[]
  chosen: string
  problem: Problem | undefined
  busy: boolean
  onBack: () => void
  onFinish: (playbook: string) => void
}

/** Which way of running a community to begin with. It is data, not a mode: everything in it can be changed later. */
export function PlaybookStep({ playbooks, chosen, problem, busy, onBack, onFinish }: Props) {
  const { t } = useWords()
  const text = useText()
  const [name, setName] = useState(chosen)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onFinish(name)
      }}
    >
      <h1 className={css.title}>{t('setup.playbook.title')}</h1>
      <p className={css.lead}>{t('setup.playbook.lead')}</p>
      {problem && (
        <div className={css.problem}>
          <ProblemNotice problem={problem} focus />
        </div>
      )}
      <fieldset className={css.playbooks}>
        <legend className="unseen">{t('setup.playbook')}</legend>
        {playbooks.map((playbook) => (
          <label key={playbook.name} className={css.playbook}>
            <input
              type="radio"
              name="playbook"
              value={playbook.name}
              checked={name === playbook.name}
              onChange={() => setName(playbook.name)}
            />
            <span>
              <span className={css.name}>{text(playbook.title)}</span>
              <code className={css.key}>{playbook.name}</code>
              <span className={css.summary}>{text(playbook.about)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className={css.buttons}>
        <Button onClick={onBack} disabled={busy}>
          {t('setup.back')}
        </Button>
        <Button type="primary" htmlType="submit" loading={busy} disabled={!name && playbooks.length > 0}>
          {t('setup.create')}
        </Button>
      </div>
    </form>
  )
}
