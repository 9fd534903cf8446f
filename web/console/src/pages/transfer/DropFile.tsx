import { Button } from 'antd'
import { FileUp } from 'lucide-react'
import { type DragEvent, useEffect, useId, useRef, useState } from 'react'
import { at, type Import } from '~/api/transfer'
import { upload } from '~/api/upload'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { ProblemNotice } from '~/parts'
import css from './Transfer.module.css'

const encodings = ['', 'utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const

/** Takes one file, by choosing or dropping it. What is in it is read by the server; nothing takes effect yet. */
export function DropFile({ slug, onDone }: { slug: string; onDone: (im: Import) => void }) {
  const { t } = useWords()
  const id = useId()
  const refusal = useProblem()
  const [over, setOver] = useState(false)
  const [sent, setSent] = useState<{ name: string; share: number }>()
  const [encoding, setEncoding] = useState('')
  const [last, setLast] = useState<File>()
  const going = useRef<AbortController>(undefined)
  useEffect(() => () => going.current?.abort(), [])

  const send = async (file: File) => {
    going.current?.abort()
    const mine = new AbortController()
    going.current = mine
    setLast(file)
    setSent({ name: file.name, share: 0 })
    const im = await refusal.guard(async () => {
      try {
        return await upload<Import>({
          url: at(slug, '/imports'),
          file,
          fields: { encoding },
          onProgress: (share) => setSent({ name: file.name, share }),
          signal: mine.signal,
        })
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') return undefined
        throw error
      }
    })
    if (going.current === mine) setSent(undefined)
    if (im) onDone(im)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) void send(file)
  }
  return (
    <>
      {refusal.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={refusal.problem} focus onRetry={last && (() => void send(last))} />
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the field inside is the first */}
      <div
        className={css.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {sent ? (
          <Sending name={sent.name} share={sent.share} onStop={() => going.current?.abort()} />
        ) : (
          <>
            <input
              id={id}
              className={css.file}
              type="file"
              accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
              onChange={(event) => {
                const file = event.target.files?.[0]
                event.target.value = ''
                if (file) void send(file)
              }}
            />
            <label className={css.choose} htmlFor={id}>
              <FileUp size={18} aria-hidden="true" />
              {t('transfer.choose')}
            </label>
            <p className={css.hint}>{t('transfer.choose.drop')}</p>
            <p className={css.hint}>{t('transfer.choose.note')}</p>
            <label className={css.encoding}>
              {t('transfer.encoding')}
              <select value={encoding} onChange={(event) => setEncoding(event.target.value)}>
                {encodings.map((e) => (
                  <option key={e} value={e}>
                    {e === '' ? t('transfer.encoding.auto') : e.toUpperCase()}
                  </option>
                ))}
              </select>
            </label>
          </>
        )}
      </div>
    </>
  )
}

function Sending({ name, share, onStop }: { name: string; share: number; onStop: () => void }) {
  const { t } = useWords()
  const percent = Math.round(100 * share)
  return (
    <>
      <p role="status">{share < 1 ? t('transfer.sending', { name, percent }) : t('transfer.reading', { name })}</p>
      <progress className={css.progress} value={share < 1 ? share : undefined} max={1} aria-label={name} />
      <Button size="small" onClick={onStop}>
        {t('common.cancel')}
      </Button>
    </>
  )
}
