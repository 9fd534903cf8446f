// A day's work in the console, on the running program: sign in, judge, look up, open a way in, talk, settle who may do what.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { digits, newDesk, operator, scan } from './lib/console.mjs';
import { askCode, closeBrowser, fill, narrow, newPhone, press, send, settle, someone, visit, walkIn, wide } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
before(async () => {
  server = await start();
  desk = await newDesk(server);
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

test('the codes of RFC 6238 come out as it says', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 59_000 });
  assert.equal(digits('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'), '287082');
});

test('sign in with a password, switch on the second step, come back with a code', async () => {
  desk.allow(401);
  const { page } = desk;
  await page.goto(desk.address('/c/mothers/people'));
  await page.waitForURL('**/sign-in**');
  await page.fill('input[type=email]', operator.email);
  await page.fill('input[type=password]', 'not the password');
  await page.keyboard.press('Enter');
  await page.locator('[role=alert]').first().waitFor();
  await desk.enter();
  await page.waitForURL('**/c/mothers/people', { timeout: 8000 });

  await page.goto(desk.address('/account/totp'));
  await desk.named('button', '生成二维码').click();
  const secret = (await page.locator('ol code').first().textContent()).replaceAll(' ', '');
  assert.match(await page.locator('ol img').getAttribute('src'), /^data:image\/svg/);
  await page.fill('input[autocomplete=one-time-code]', digits(secret));
  await page.locator('text=保存恢复码').waitFor();
  const codes = await page.locator('ul code').allTextContents();
  assert.equal(new Set(codes).size, 10);

  await page.locator('aside button[aria-expanded]').last().click();
  await desk.named('button', '退出登录').click();
  await page.waitForURL('**/sign-in**');
  await desk.enter();
  await page.locator('input[autocomplete=one-time-code]').waitFor();
  await page.fill('input[autocomplete=one-time-code]', digits(secret, 1)); // a code counts once: the next one
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
  assert.equal((await page.evaluate(async () => (await fetch('/api/v1/session')).json())).operator.totp, true);
  desk.calm();
});

test('Today says what waits; a suspicious registration says why, and approving it gives a seat', async () => {
  const odd = await newPhone(server);
  await visit(odd, '/e/past');
  await press(odd, 'arrive');
  await settle(odd, 'form[action$="/register"]');
  const code = await askCode(odd);
  await odd.page.fill('input[name=code]', code);
  await fill(odd, { ...someone(), name: '加V12345', nickname: '加微' });
  await send(odd);
  await visit(odd, '/e/past');
  assert.equal(await odd.page.locator('form[action$="/join"]').count(), 0, 'nobody has looked at it yet');

  const { page } = desk;
  await desk.open('/today');
  for (const title of ['待办', '开门安排', '需要帮助的群']) await page.locator('h2', { hasText: title }).waitFor();
  await desk.part('开门安排').locator('li', { hasText: '还剩' }).or(desk.part('开门安排').locator('li', { hasText: '已放行' })).first().waitFor();
  await page.locator('main', { hasText: '今日登记' }).waitFor();
  const waits = page.locator('li', { hasText: '核对登记' }).filter({ hasText: /加微|加V12345/ }).first();
  await waits.waitFor();
  await waits.locator('li').first().waitFor();
  const why = await waits.locator('li').allTextContents();
  assert.match(why[0], /可疑分 \d+/);
  assert.ok(why.length >= 3, `it came fast and has an odd name, but says ${why}`);
  await waits.getByRole('button', { name: '放行' }).click();
  await waits.waitFor({ state: 'detached' });
  await visit(odd, '/e/past');
  await settle(odd, 'form[action$="/join"]');
  await press(odd, 'join');
  await odd.done();
  desk.calm();
});

test('People: search, filter, a profile with its history, and a number shown for a reason that is kept', async () => {
  const { page } = desk;
  await desk.open('/people');
  await page.locator('table tbody tr a').first().waitFor();
  await page.locator('input[type=search]').first().fill('加微');
  await page.waitForURL(/[?&]q=/);
  await page.waitForFunction(() => document.querySelectorAll('table tbody tr').length === 1);
  await page.locator('table tbody a', { hasText: '加' }).first().click();
  await page.waitForURL('**/people/*');
  await page.locator('h1', { hasText: '加微' }).waitFor();
  await desk.part('经历').locator('time').first().waitFor();
  const history = await desk.part('经历').innerText();
  assert.match(history, /登记/);
  assert.match(history, /加入群/);

  const id = new URL(page.url()).pathname.split('/').at(-1);
  await desk.named('button', /^查看完整手机/).click();
  await page.getByRole('button', { name: '电话回访' }).click();
  await desk.named('button', '查看').filter({ hasText: /^查\s*看$/ }).click();
  await page.locator('text=/(\\+86)?138\\d{8}/').first().waitFor();
  const log = await desk.api('/audit');
  const entry = log.items.find((e) => e.target_id === id && /reveal/.test(e.action));
  assert.ok(entry, `the log has no look at ${id}: ${JSON.stringify(log.items.slice(0, 3))}`);
  await desk.part('谁看过').locator('text=/电话回访/').first().waitFor();

  for (const [stage, shown] of [['pregnancy', true], ['parenting', false]]) {
    await desk.open(`/people?q=${encodeURIComponent('加微')}&f.stage=${stage}`);
    await page.locator(shown ? 'table tbody tr a' : 'h2:has-text("没有符合条件的内容")').first().waitFor();
    assert.equal(await page.locator('table tbody tr').count(), shown ? 1 : 0, `expecting, and asked for ${stage}`);
  }
  desk.calm();
});

test('Intake: a new way in opens for a stranger, seats, queue and losses are told', async () => {
  const { page } = desk;
  await desk.open('/intake');
  await page.locator('img[alt^="二维码"]').first().waitFor();
  await page.locator('h1 ~ * button.ant-btn-primary, header button.ant-btn-primary').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('#title').fill('门诊海报');
  await dialog.locator('#path').click();
  await page.locator('.ant-select-item-option').filter({ hasText: '5.0' }).first().click();
  await dialog.locator('.ant-select', { hasText: '5.0' }).first().waitFor(); // it has been taken
  await dialog.locator('#code').fill('poster');
  await dialog.locator('#code').press('Enter'); // the list of paths may still be closing over the button
  await dialog.waitFor({ state: 'hidden' });
  const card = page.getByRole('group', { name: '门诊海报' });
  await card.locator('img').waitFor();
  const url = await scan(card.locator('img'));
  assert.match(url, /\/mothers\/e\/poster$/);
  const stranger = await newPhone(server);
  await stranger.page.goto(url);
  await stranger.page.locator('form[action$="/arrive"]').first().waitFor();
  await stranger.done();

  const waits = await newPhone(server);
  await visit(waits, '/e/talk');
  await press(waits, 'arrive');
  await waits.done();
  const soon = (await desk.api('/openings')).items.find((o) => o.name === 'soon');
  await desk.open(`/intake?opening=${soon.id}`);
  await desk.part('开门安排').locator('li').first().waitFor();
  await page.locator('section', { has: page.locator('h2', { hasText: '名额：备孕' }) }).first().waitFor();
  await desk.open('/intake/paths/intake-5');
  await desk.part('每一步到达的人').getByText(/流失 \d+|没有流失/).first().waitFor();
  assert.match(await page.locator('main').innerText(), /预约入群 5\.0/);
  desk.calm();
});

test('Circles: who works here and who lives here see at once what the other says', async () => {
  const phone = await newPhone(server);
  const circle = await walkIn(phone, 'past', { ...someone(), nickname: '小满' });
  await visit(phone, circle);
  const { page } = desk;
  await desk.open('/circles');
  await page.locator('table tbody tr a').first().waitFor();
  await desk.open(circle);
  await page.locator('main textarea').fill('大家好，我是这里的护士');
  await page.keyboard.press('Enter');
  await phone.page.locator('.said:not(.mine)', { hasText: '大家好，我是这里的护士' }).waitFor({ timeout: 4000 });
  await phone.page.fill('#text', '护士好，我 12 周了');
  await phone.page.click('#composer button.button');
  await page.locator('main li', { hasText: '护士好，我 12 周了' }).waitFor({ timeout: 4000 });
  await desk.part('成员').locator('a', { hasText: '小满' }).first().waitFor();
  await phone.done();
  desk.calm();
});

test('Settings: a broken playbook is told by line and field; keys work until they are withdrawn; links; the log', async () => {
  const { page } = desk;
  await desk.open('/settings/playbook');
  const source = page.locator('textarea').first();
  await page.waitForFunction(() => document.querySelector('textarea')?.value.length > 100);
  const good = await source.inputValue();
  await source.fill(good.replace('rate: 12}', 'rate: many}'));
  await desk.named('button', '检查').or(page.getByRole('button', { name: /检\s*查/ })).first().click();
  await page.locator('main li', { hasText: /第 \d+ 行/ }).first().waitFor();
  const told = await page.locator('main li', { hasText: /第 \d+ 行/ }).first().innerText();
  const line = good.split('\n').findIndex((l) => l.includes('rate: 12}')) + 1;
  assert.match(told, new RegExp(`第 ${line} 行`));
  assert.match(told, /openings.*rate/);
  assert.ok(await page.getByRole('button', { name: /应\s*用/ }).isDisabled(), 'what is broken can not be applied');

  await desk.open('/settings/tokens');
  await page.getByRole('button', { name: '新建令牌' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('#name').fill('报表');
  await dialog.locator('#scopes').click();
  await dialog.locator('#scopes').fill('read');
  await page.locator('.ant-select-item-option').getByText('read', { exact: true }).click();
  await page.keyboard.press('Escape');
  if (!(await dialog.isVisible())) assert.fail('Escape in the choice closed the whole dialog');
  await dialog.locator('button[type=submit]').click();
  const text = (await dialog.locator('p', { hasText: /^qnc_/ }).textContent()).trim();
  const use = async () => (await fetch(new URL('/api/v1/communities/mothers/people?limit=1', server.base), { headers: { Authorization: `Bearer ${text}` } })).status;
  assert.equal(await use(), 200);
  await dialog.getByRole('button', { name: /关\s*闭/ }).last().click();
  await page.locator('main li', { hasText: '报表' }).getByRole('button', { name: /停\s*用/ }).click();
  await page.locator('main li', { hasText: '报表' }).locator('text=已停用').waitFor();
  assert.equal(await use(), 401);

  await desk.open('/settings/staff');
  await page.getByRole('button', { name: '邀请同事' }).first().click();
  await dialog.locator('#name').fill('林护士');
  await dialog.locator('#email').fill('lin@example.org');
  await dialog.locator('button[type=submit]').click();
  const link = (await dialog.locator('p', { hasText: /^https?:/ }).textContent()).trim();
  const guest = await newPhone(server, { viewport: wide });
  guest.allow(401);
  await guest.page.goto(link);
  await guest.page.locator('input[type=password]').first().waitFor();
  assert.match(await guest.page.locator('body').innerText(), /lin@example\.org/);
  await guest.done();

  await desk.open('/settings/audit');
  await page.locator('main tbody tr').nth(2).waitFor();
  const seen = (await desk.api('/audit')).items.map((e) => e.action).join(' ');
  for (const word of ['token', 'invit', 'reveal']) assert.match(seen, new RegExp(word), `the log has no ${word}`);
  desk.calm();
});

test('The same on a phone: the rail is a drawer, tables become what a thumb can use, work can be done', async () => {
  const hand = await newDesk(server, { viewport: narrow });
  await hand.context.addCookies(await desk.context.cookies());
  const { page } = hand;
  const go = async (name) => {
    await page.locator('header button[aria-expanded]').first().click();
    await page.locator('aside').getByRole('link', { name }).click();
    await page.locator('aside[data-open]').waitFor({ state: 'detached' });
  };
  await hand.open('/today');
  await hand.part('待办').waitFor();
  await go('用户');
  await page.locator('input[type=search]').first().fill('加微');
  await page.getByRole('link', { name: '加微' }).first().click();
  await page.locator('h1', { hasText: '加微' }).waitFor();
  await hand.part('经历').locator('time').first().waitFor();
  await go('承接');
  await page.locator('img[alt^="二维码"]').first().waitFor();
  await page.getByRole('button', { name: '新建入口' }).click();
  const sheet = await page.getByRole('dialog').boundingBox();
  assert.ok(sheet.x >= 0 && sheet.x + sheet.width <= narrow.width, `the dialog lies at ${sheet.x}, ${sheet.width} px wide`);
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  await go('群');
  assert.equal(await page.locator('main table').count(), 0, 'the list is a table');
  await page.locator('main li[data-row] a').first().click();
  await page.locator('main textarea').fill('在路上也能回你们');
  await page.keyboard.press('Enter');
  await page.locator('main li', { hasText: '在路上也能回你们' }).waitFor();
  await go('设置');
  await page.getByRole('link', { name: '操作记录' }).click();
  await page.locator('h1', { hasText: '操作记录' }).waitFor();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${wider} px wider than the phone`);
  hand.calm();
  await hand.context.close();
});
