// A phone: a browser of its own that fails its test when a page complains, and the steps that people take on it.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

let browser;

// open starts the browser, once for all phones of a test file. devices are arguments for what else it has.
export async function openBrowser(devices = []) {
  browser ??= await chromium.launch({
    executablePath: process.env.QUNCE_CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...devices],
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

let born = 0;

// newNumber is a phone number that no other test of this file has.
export const newNumber = () => `138${String(process.pid % 10000).padStart(4, '0')}${String(++born).padStart(4, '0')}`;

export const wide = { width: 1440, height: 900 };
export const narrow = { width: 390, height: 844 };
const locales = { 'zh-Hans': 'zh-CN', 'zh-Hant': 'zh-TW', en: 'en-US' };

// newPhone gives a page on a phone of its own, with its own network address, so that limits by address don't meet it.
// What the browser complains of is collected; done() ends the phone and fails if there was anything.
export async function newPhone(server, { lang = 'zh-Hans', script = true, viewport = narrow, dark = false } = {}) {
  await openBrowser();
  const address = `10.${++born >> 8}.${born & 255}.7`;
  const context = await browser.newContext({
    viewport, locale: locales[lang], javaScriptEnabled: script, colorScheme: dark ? 'dark' : 'light', timezoneId: 'Asia/Shanghai',
    isMobile: viewport.width < 600, hasTouch: viewport.width < 600, extraHTTPHeaders: { 'X-Forwarded-For': address },
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const phone = { page, context, server, lang, number: newNumber(), complaints: [], allowed: new Set() };
  page.on('console', (m) => {
    const status = m.text().match(/status of (\d+)/)?.[1];
    if (m.type() === 'error' && !phone.allowed.has(Number(status))) phone.complaints.push(`console: ${m.text()}`);
  });
  page.on('pageerror', (e) => phone.complaints.push(`script: ${e.message}`));
  page.on('requestfailed', (r) => {
    const aborted = r.failure()?.errorText === 'net::ERR_ABORTED'; // the page was left while something was under way
    if (!aborted) phone.complaints.push(`failed: ${r.url()} ${r.failure()?.errorText}`);
  });
  page.on('response', (r) => {
    if (r.status() >= 400 && !phone.allowed.has(r.status())) phone.complaints.push(`${r.status()} ${r.request().method()} ${r.url()}`);
  });
  phone.allow = (...statuses) => statuses.forEach((s) => phone.allowed.add(s));
  phone.done = async () => {
    await context.close();
    assert.deepEqual(phone.complaints, [], 'the browser complained');
  };
  return phone;
}

export const visit = (p, path) => p.page.goto(p.server.base + path);
export const heading = async (p) => (await p.page.locator('h1').first().textContent()).trim();
export const here = (p) => new URL(p.page.url()).pathname;

// press sends the page's form of a step: arrive, follow, contact, join.
export async function press(p, step) {
  await Promise.all([p.page.waitForEvent('load'), p.page.locator(`form[action$="/${step}"] button.button`).first().click()]);
}

// click follows what leads to another page.
export const click = (p, selector) => Promise.all([p.page.waitForEvent('load'), p.page.locator(selector).first().click()]);

const day = (offset) => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);

export const someone = () => ({ name: '王小雨', nickname: '小雨', situation: 'expecting', due_date: day(100), city: '上海', consent: ['service'] });
export { day };

// fill answers the questions of the form.
export async function fill(p, who) {
  const { page } = p;
  if (who.situation) await page.check(`input[name=situation][value=${who.situation}]`);
  for (const name of ['name', 'nickname', 'due_date', 'birth_date', 'city']) {
    if (who[name] !== undefined) await page.fill(`input[name=${name}]`, who[name]);
  }
  for (const purpose of who.consent ?? []) await page.check(`input[name=consent][value=${purpose}]`);
}

const sent = new Map(); // when a phone was last sent a code: one a minute is allowed

// askCode asks for a code and gives it, as its owner reads it off the phone.
export async function askCode(p, number = p.number) {
  const wait = (sent.get(number) ?? 0) + 61_000 - Date.now();
  if (wait > 0) await new Promise((done) => setTimeout(done, wait));
  await p.page.fill('input[name=phone]', number);
  sent.set(number, Date.now());
  await Promise.all([p.page.waitForEvent('load'), p.page.locator('button[formaction$="/code"]').click()]);
  await p.page.locator('.notice.good').waitFor();
  return p.server.code(number);
}

// send sends the registration form.
export async function send(p) {
  await Promise.all([p.page.waitForEvent('load'), p.page.locator('form[data-form] p.field > button.button').click()]);
}

// register fills and sends the form with a code.
export async function register(p, who = someone(), number = p.number) {
  const code = await askCode(p, number);
  await p.page.fill('input[name=code]', code);
  await fill(p, who);
  await send(p);
}

// settle waits until the page has come to something with the selector; pages without script are read again.
export async function settle(p, selector, seconds = 15) {
  await p.page.locator(selector).first().waitFor({ timeout: seconds * 1000 });
}

// signUp brings a phone to the form of an entry's page, and registers.
export async function signUp(p, who = someone(), entry = 'past') {
  await visit(p, `/e/${entry}`);
  await press(p, 'arrive');
  await settle(p, 'form[action$="/register"]');
  await register(p, who);
}

// enrol is signUp by the form of the operators' community, from the page of an entry that the phone is on.
export async function enrol(p, name) {
  await press(p, 'arrive');
  await settle(p, 'form[action$="/register"]');
  const code = await askCode(p);
  await p.page.fill('input[name=code]', code);
  await p.page.fill('input[name=name]', name);
  await p.page.fill('input[name=nickname]', name);
  await p.page.check('input[name=field][value=content]');
  await p.page.check('input[name=consent][value=service]');
  await send(p);
}

// buy buys a plan, or the first, with the sandbox, waits until it is there, and gives the order's id.
export async function buy(p, plan) {
  await visit(p, '/plans');
  await click(p, `form[action$="${plan ? `/${plan}` : ''}/buy"] button`);
  const order = here(p).split('/').at(-1);
  await click(p, 'form[action$="/pay"] button');
  await click(p, 'form:not(:has(input[name=how])) button');
  for (let i = 0; !(await p.page.locator('a.button[href$="/me"]').count()); i++) {
    assert.ok(i < 50, 'what was paid for is not there after ten seconds');
    await p.page.waitForTimeout(200);
    await p.page.reload();
  }
  return order;
}

// walkIn takes a phone from an entry's page into a circle by the shipped ways in, and gives the circle's path.
export async function walkIn(p, entry = 'past', who = someone(), number = p.number) {
  await visit(p, `/e/${entry}`);
  await press(p, 'arrive');
  if (entry === 'talk') await press(p, 'follow');
  await settle(p, 'form[action$="/register"]');
  await register(p, who, number);
  await settle(p, 'form[action$="/join"]');
  await press(p, 'join');
  await visit(p, `/e/${entry}`);
  if (!here(p).includes('/circles/')) { // the page of the contact, which leads to the circle too
    await p.page.locator('a.button.plain').click();
    await p.page.waitForURL('**/circles/*');
  }
  return here(p).slice('/mothers'.length);
}
