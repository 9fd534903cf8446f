// Pictures of the gallery, the sign-in and the setup, to be looked at: `npm run shots -- [folder] [parts of names, comma between]`.
// On the way it reports errors on the console (a policy violation is one), pages wider than the window, and what axe finds.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { answers } from './answers.mjs'
import { scenes } from './scenes.mjs'
import { serveGallery } from './site.mjs'

const [folder = '/tmp/qunce-shots', only = ''] = process.argv.slice(2)
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const looks = [
  { language: 'zh-Hans', theme: 'light', width: 1440 },
  { language: 'zh-Hans', theme: 'light', width: 390 },
  { language: 'zh-Hans', theme: 'dark', width: 1440 },
  { language: 'zh-Hans', theme: 'dark', width: 390 },
  { language: 'en', theme: 'light', width: 1440 },
  { language: 'en', theme: 'light', width: 390 },
  { language: 'en', theme: 'dark', width: 1440 },
  { language: 'zh-Hant', theme: 'light', width: 1440 },
]

let faults = 0
function fault(file, text) {
  faults += 1
  console.log(`${file}: ${text}`)
}

/** axe's findings of the A and AA rules; run in the page's own world, past the policy, which forbids injected scripts. */
async function inspect(page, file) {
  const session = await page.context().newCDPSession(page)
  const run = `${axe}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then((r) => r.violations.map((v) => v.id + ' ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + (v.id.includes('contrast') ? ' ' + n.any[0]?.message : '')).join(' | ')))`
  const { result } = await session.send('Runtime.evaluate', {
    expression: run,
    awaitPromise: true,
    returnByValue: true,
  })
  // Ant Design hangs its popups on <body>, outside every landmark; that rule (a habit, not WCAG) can't be kept there.
  const popup = await page.locator('.ant-popover, .ant-select-dropdown, .ant-picker-dropdown').count()
  const findings = (result.value ?? []).filter((finding) => !(popup && finding.startsWith('region ')))
  for (const finding of findings) fault(file, `axe ${finding}`)
}

async function picture(browser, site, scene, look) {
  const { language, theme, width } = look
  const file = `${scene.name}.${width}.${language}.${theme}.png`
  if (!only.split(',').some((part) => file.includes(part))) return
  const page = await browser.newPage()
  page.on('console', (m) => {
    // Signed-out and missing answers are part of what is pictured.
    if (m.type() === 'error' && !/status of (401|404)/.test(m.text())) fault(file, m.text().slice(0, 400))
  })
  page.on('pageerror', (e) => fault(file, e.message))
  await page.route('**/api/v1/**', answers(scene))
  await page.goto(site.url + scene.path)
  await page.locator('h1, h3, [role=alert]').first().waitFor()
  await page.waitForTimeout(scene.wait ?? 200)
  await scene.act?.(page, width)
  await page.waitForTimeout(200)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (wide > 0) fault(file, `${wide} px wider than the window`)
  await page.screenshot({ path: join(folder, file), fullPage: scene.high !== false })
  await inspect(page, file)
  await page.close()
}

const site = await serveGallery(5199)
mkdirSync(folder, { recursive: true })
for (const look of looks) {
  const profile = mkdtempSync(join(tmpdir(), 'qunce-shots-'))
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: flags,
    viewport: { width: look.width, height: look.width > 800 ? 900 : 844 },
    colorScheme: look.theme,
    locale: look.language === 'en' ? 'en-US' : 'zh-CN',
  })
  await browser.addInitScript((language) => localStorage.setItem('qunce.language', language), look.language)
  for (const scene of scenes) await picture(browser, site, scene, look)
  await browser.close()
  rmSync(profile, { recursive: true, force: true })
}
site.close()
console.log(`pictures in ${folder}; ${faults} faults`)
