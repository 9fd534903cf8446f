// A build with the gallery in it, served as the Go program will serve the console: under /console/, every unknown page
// answered with index.html, and with the strict Content-Security-Policy, so that a violation shows as an error here first.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

export const policy = (nonce) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

export async function serveGallery(port) {
  const outDir = mkdtempSync(join(tmpdir(), 'qunce-gallery-'))
  const root = fileURLToPath(new URL('..', import.meta.url))
  await build({ root, mode: 'gallery', logLevel: 'error', build: { outDir, emptyOutDir: true, manifest: false } })
  const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname.replace(/^\/console\//, '/'))
    const wanted = join(outDir, path)
    const file = isFile(wanted) ? wanted : join(outDir, 'index.html')
    const nonce = randomBytes(16).toString('base64')
    let body = readFileSync(file)
    if (file.endsWith('.html'))
      body = String(body).replace('name="csp-nonce" content=""', `name="csp-nonce" content="${nonce}"`)
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy(nonce),
    })
    response.end(body)
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port}/console/`,
    close: () => {
      server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}
