// Every page of the console, in every language, light and dark, wide and narrow: words, width, accessibility, no complaint of
// the browser.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible, fits } from './lib/look.mjs';
import { closeBrowser, newPhone, press, signUp, someone, visit, walkIn } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

const spaces = readdirSync(path.resolve(import.meta.dirname, '../../web/console/src/locales/en')).map((f) => f.replace('.json', ''));
const untranslated = new RegExp(`\\b(${spaces.join('|')})\\.[a-z][\\w-]*(\\.[\\w-]+)*`);

const tours = []; // a server, its pages with something on them, and the session of who looks at them
before(async () => {
  const mothers = await start({ edits: [['in: 20s, rate: 12', 'in: 2h, rate: 300']] });
  await life(mothers);
  await tour(mothers, 'mothers', list);
  await tour(await start({ book: 'academy' }), 'academy', team);
});
after(async () => {
  await closeBrowser();
  for (const { server } of tours) await server.stop();
});

async function tour(server, community, of) {
  const desk = await newDesk(server, { community });
  await desk.signIn();
  await desk.secondStep();
  tours.push({ server, community, pages: await of(desk), cookies: await desk.context.cookies() });
  await desk.context.close();
}

// A member who has written, somebody at the doors, and a registration that waits for a look.
async function life(server) {
  const member = await newPhone(server);
  await visit(member, await walkIn(member, 'past', { ...someone(), nickname: '小满' }));
  await member.page.fill('#text', '大家好');
  await member.page.click('#composer button.button');
  await member.page.locator('.said.mine').waitFor();
  await member.done();
  const waits = await newPhone(server);
  await visit(waits, '/e/soon');
  await press(waits, 'arrive');
  await waits.done();
  const odd = await newPhone(server);
  await signUp(odd, { ...someone(), name: '加V333', nickname: '加微' });
  await odd.done();
}

// Where the rail and the pages' own links lead, so that a new page is looked at without being named here; and one of each
// kind that a list leads to.
async function list(desk) {
  const { page } = desk;
  const found = new Set();
  const collect = async () => {
    await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => {});
    for (const href of await page.locator('aside nav a, main header a, main nav a').evaluateAll((all) => all.map((a) => a.pathname))) {
      if (href.includes('/c/mothers/')) found.add(href.split('/c/mothers').at(-1));
    }
  };
  await desk.open('/today');
  await page.locator('aside nav a').first().waitFor();
  await collect();
  for (const top of [...found]) {
    await desk.open(top);
    await page.locator('h1').first().waitFor();
    await collect();
  }
  const person = (await desk.api('/people?q=%E5%B0%8F%E6%BB%A1')).items[0].id;
  const circle = (await desk.api('/circles')).items[0].id;
  const opening = (await desk.api('/openings')).items.find((o) => o.name === 'soon').id;
  const guest = (await desk.write('POST', '/guests', { name: '周宁', role: '育儿作者', topics: ['睡眠', '辅食'], contact: 'x@example.com' })).id;
  for (const rest of [`/people/${person}`, `/events/guests/${guest}`, `/circles/${circle}`, `/intake?opening=${opening}`, '/intake/paths/intake-5']) found.add(rest);
  assert.ok(found.size >= 12, `only ${[...found]}`);
  return [...[...found].map((rest) => `/c/mothers${rest}`), '/account', '/account/totp', '/c/mothers/nowhere'];
}

// The pages of a team that has sold something, of the bill of what was paid, and of a company that has bought.
async function team(desk) {
  const [credit] = (await desk.api('/credits')).items;
  const [statement] = (await desk.api('/statements')).items;
  const [bill] = (await desk.api('/bills')).items;
  const [firm] = (await desk.api('/organisations')).items;
  const pages = ['', '/contacts', '/contacts?seg=pool', '/race', '/race?span=3', '/credits', `/credits/${credit.order}`, '/statements', `/statements/${statement.id}`];
  return [...pages.map((rest) => `/team${rest}`), `/people/${credit.person}`, `/money/orders/${credit.order}`, '/money/orders', '/money/bills', `/money/bills/${bill.id}`,
    '/members/companies', `/members/companies/${firm.id}`].map((rest) => `/c/academy${rest}`);
}

// What is written on the page, but for what is code or somebody's own text.
const words = (page) => page.evaluate(() => {
  const copy = document.body.cloneNode(true);
  for (const e of copy.querySelectorAll('code, script, textarea, [aria-hidden=true]')) e.remove();
  return [...copy.querySelectorAll('*')].flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent)).join('\n');
});

for (const lang of ['zh-Hans', 'zh-Hant', 'en']) {
  test(`every page in ${lang}`, async () => {
    for (const { server, community, pages, cookies } of tours) {
      const desk = await newDesk(server, { lang, community });
      const { page } = desk;
      await desk.context.addInitScript((l) => localStorage.setItem('qunce.language', l), lang);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const shoot = Boolean(process.env.QUNCE_SHOTS);
      desk.allow(401);
      for (const rest of ['/sign-in', ...pages]) {
        if (rest !== '/sign-in') await desk.context.addCookies(cookies);
        const name = `console${rest.replace(`/c/${community}`, '').replaceAll(/[/?=]/g, '-').replaceAll(/[0-9a-z]{20}/g, 'one')}`;
        await page.goto(desk.address(rest));
        await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => {}); // a circle keeps its stream open
        await page.locator('h1').first().waitFor();
        assert.doesNotMatch(await words(page), untranslated, `${rest} in ${lang} shows a key instead of words`);
        await fits(desk, name, [390, 1440], shoot);
        if (lang !== 'zh-Hant') await accessible(desk, name); // the same page in other characters
      }
      desk.calm();
      await desk.context.close();
    }
  });
}
