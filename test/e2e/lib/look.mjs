// Looks at a page as it stands: width, words, accessibility, and pictures for people to look at.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = path.resolve(import.meta.dirname, '../shots');
await mkdir(shots, { recursive: true });

// Keys of the catalogue that stand in a page mean that words are missing.
const untranslated = /\b(h5|error|intake|people|circle|seat|touch)\.[a-z_]+(\.[a-z_]+)*\b/;

// look checks the page that a phone shows: no key instead of words, nothing wider than the screen at 320, 390 and 1440
// pixels, no serious finding of axe in light or dark. With shoot it leaves pictures in test/e2e/shots.
export async function look(p, name, { shoot = p.lang !== 'zh-Hant' } = {}) {
  const { page } = p;
  const words = await page.locator('body').innerText();
  assert.doesNotMatch(words, untranslated, `${name} in ${p.lang} shows a key instead of words`);
  const face = await page.evaluate(() => getComputedStyle(document.body).fontFamily);
  assert.match(face, /sans-serif$/, `${name} is set in ${face}`);
  await fits(p, name, [320, 390, 1440], shoot);
  if (shoot) await accessible(p, name);
}

// fits checks that nothing is wider than the screen, and leaves pictures of the wide and the narrow one.
export async function fits({ page, lang }, name, widths, shoot = false) {
  const before = page.viewportSize();
  await page.bringToFront(); // a page behind another one gets no frames
  for (const width of widths) {
    await page.setViewportSize({ width, height: width === 1440 ? 900 : 844 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${name} in ${lang} is ${wider} px wider than ${width}`);
    if (!shoot || width === 320) continue;
    for (const scheme of ['light', 'dark']) {
      await colours(page, scheme);
      await page.screenshot({ path: path.join(shots, `${name}.${lang}.${width}.${scheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize(before);
  await colours(page, 'light');
}

// accessible checks that axe finds nothing serious in light and dark.
export async function accessible({ page, lang }, name) {
  await page.bringToFront();
  await page.evaluate(axe);
  for (const scheme of ['light', 'dark']) {
    await colours(page, scheme);
    let found = await seriously(page);
    if (found.length > 0) { // a colour that was half way between the schemes is there by now
      await page.waitForTimeout(500);
      found = await seriously(page);
    }
    assert.deepEqual(found, [], `axe on ${name} in ${lang}, ${scheme}`);
  }
  await colours(page, 'light');
}

const seriously = (page) => page.evaluate(async () => {
  const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' | ')}`);
});

// colours changes the scheme and waits until what moves has come to rest: three seconds at most, since a spinner never does
// and a frame may fail to come.
async function colours(page, scheme) {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const rest = async () => {
      await frame();
      await frame();
      const ends = document.getAnimations().filter((a) => Number.isFinite(a.effect?.getComputedTiming().endTime));
      await Promise.allSettled(ends.map((a) => a.finished));
    };
    await Promise.race([rest(), new Promise((done) => setTimeout(done, 3000))]);
  });
}
