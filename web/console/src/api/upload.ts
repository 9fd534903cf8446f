// Files on their way up: fetch can't tell how far an upload is, so this is the one place with an XMLHttpRequest.
import { currentLanguage } from '~/i18n'
import { reportStatus } from './client'
import { ProblemError, problemFrom } from './problem'

export interface Upload {
  url: string
  file: File
  /** Short fields that the server wants before the file. */
  fields?: Record<string, string>
  /** From 0 to 1. */
  onProgress?: (share: number) => void
  signal?: AbortSignal
}

/** Sends a form with a file; the answer, or a thrown ProblemError. Aborting rejects with an AbortError. */
export function upload<T>({ url, file, fields = {}, onProgress, signal }: Upload): Promise<T> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value)
  form.append('file', file, file.name)
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('Accept', 'application/json, application/problem+json')
    request.setRequestHeader('Accept-Language', currentLanguage())
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total)
    request.onerror = () => reject(new TypeError('network'))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onload = () => {
      reportStatus(request.status)
      const body = parse(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as T)
      else reject(new ProblemError(problemFrom(body, request.status)))
    }
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(form)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Fetches a file and hands it to the browser to keep. A refusal is thrown, not saved as a file. */
export async function download(
  url: string,
  fallbackName: string,
  signal?: AbortSignal,
  method: 'GET' | 'POST' = 'GET',
): Promise<void> {
  const response = await fetch(url, { method, signal, headers: { 'Accept-Language': currentLanguage() } })
  reportStatus(response.status)
  if (!response.ok) throw new ProblemError(problemFrom(parse(await response.text()), response.status))
  const named = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('Content-Disposition') ?? '')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = named?.[1] ? decodeURIComponent(named[1]) : fallbackName
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
