// Members and money in the console: who bought on the phone is found, and every figure leads down to what made it (M1, L2, S2, S3).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible } from './lib/look.mjs';
import { buy, closeBrowser, here, newPhone, signUp, someone } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

const membership = `membership:
  cap: 10000
  plans:
    - name: year
      title: {zh-Hans: 年度会员, zh-Hant: 年度會員, en: A year with us}
      price: 1599
      renewal: 1299
      period: {months: 12}
      grace_days: 30
      refund_days: 7
      number: {pattern: "{yyyy}{n:4}", without: "4"}
      benefits:
        - {name: salon, title: {zh-Hans: 闭门沙龙, zh-Hant: 閉門沙龍, en: Closed-door salon}, count: 2}
      waves:
        - {name: first, price: 999, quota: 50}
    - name: firm
      title: {zh-Hans: 企业会员, zh-Hant: 企業會員, en: For firms}
      price: 9999
      period: {months: 12}
      includes: [year]

circles:
`;

let server;
let desk;
let order; // the id of the one that was paid on the phone
before(async () => {
  server = await start({ edits: [['\ncircles:\n', `\n${membership}`]] });
  await life();
  desk = await newDesk(server);
  await desk.signIn();
  await desk.secondStep();
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

// 小雨 registers, and buys the year for 999.
async function life() {
  const p = await newPhone(server);
  await signUp(p, { ...someone(), nickname: '小雨' });
  order = await buy(p, 'year');
  await p.done();
}

// The balance that stands beside an account on the page of the books.
const balance = async (account) => {
  const row = desk.page.locator('main li', { has: desk.page.getByRole('link', { name: account, exact: true }) });
  return (await row.locator('> span').last().textContent()).trim();
};

test('who bought on the phone is among the members, with number, term and benefits', async () => {
  const { page } = desk;
  await desk.open('/members');
  await page.getByRole('link', { name: '年度会员 有效 1' }).click();
  await page.waitForURL('**/members?seg=active&f.plan=year');
  assert.match(await page.locator('section[aria-label="年度会员"]').textContent(), /还剩 49，共 50/);
  const row = page.locator('tbody tr', { hasText: '小雨' });
  await row.waitFor();
  const words = await row.textContent();
  assert.match(words, /20\d\d\d{4}/, 'the member number');
  assert.match(words, /有效.*还剩 36\d 天.*未到时候/);
  await desk.looks('console-members');
  await row.getByRole('link').first().click();
  const has = desk.part('会员资格');
  await has.locator('text=还剩 2，共 2 次').waitFor();
  await desk.part('订单').getByRole('link', { name: '年度会员' }).waitFor();
  await desk.looks('console-member');
  desk.calm();
});

test('every figure leads down: from revenue to the fact and the order; a part goes back, and the figures follow', async () => {
  const { page } = desk;
  await desk.open('/money');
  await page.locator('text=账是平的：3 个账户的余额相加，正好是零。').waitFor();
  assert.equal(await balance('会员收入'), '¥999.00');
  assert.equal(await balance('试用付款'), '−¥999.00');
  await desk.looks('console-money');
  await desk.named('link', '会员收入').click();
  await page.locator('tbody tr', { hasText: '交付订单，计为收入' }).getByRole('link').first().click();
  await page.locator('h1', { hasText: '交付订单，计为收入' }).waitFor();
  assert.match(await desk.part('分录的各行').textContent(), /订单的待交付−¥999\.00.*会员收入\+¥999\.00/);
  await desk.part('为什么有这一笔').getByRole('link', { name: '小雨' }).waitFor();
  assert.match(await desk.part('为什么有这一笔').textContent(), /发生的事订单已开通/);
  await desk.looks('console-money-entry');
  await desk.named('link', '打开订单').click();
  await page.waitForURL(`**/money/orders/${order}`);

  await desk.named('button', '退款').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('退多少').fill('99.50');
  await dialog.getByLabel('原因').fill('沙龙改期');
  await accessible(desk, 'console-money-refund');
  await dialog.getByRole('button', { name: '退款' }).click();
  await page.locator('text=已交付，退过一部分').waitFor();
  assert.match(await desk.part('退款').textContent(), /¥99\.50.*沙龙改期/);
  await desk.part('退款').locator('text=已退到').waitFor(); // by itself, when the channel has said so
  await desk.looks('console-money-order');

  await desk.open('/money');
  await page.locator('text=账是平的').waitFor();
  assert.equal(await balance('会员收入'), '¥899.50');
  assert.equal(await balance('试用付款'), '−¥899.50');
  assert.equal(await balance('订单的待交付'), '¥0.00');
  await desk.named('link', '会员收入').click();
  const back = page.locator('tbody tr', { hasText: '退款，收入扣回' });
  assert.match(await back.textContent(), /−¥99\.50¥899\.50冲回/);
  await desk.looks('console-money-history');

  await desk.named('button', '导出 CSV').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('dialog').getByRole('button', { name: '下载' }).click()]);
  assert.equal(file.suggestedFilename(), 'revenue-membership-CNY.csv');
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines.length, 3);
  assert.match(lines[1], /,"?退款，收入扣回"?,-99\.50,899\.50,/);
  assert.match(lines[2], /,"?交付订单，计为收入"?,999\.00,999\.00,/);

  await back.getByRole('link').first().click();
  await desk.named('link', '看原来那笔').click();
  await desk.part('冲回这一笔的').getByRole('link', { name: '退款，收入扣回' }).waitFor();
  desk.calm();
});

test('an order for somebody is paid outside of any channel: what came in must be what is due', async () => {
  const { page } = desk;
  const { person } = await desk.api(`/orders/${order}`);
  const begin = async () => {
    await desk.open(`/people/${person}`);
    await desk.named('button', '替 TA 下单').click();
    await page.getByRole('dialog').getByRole('combobox').click();
    await page.locator('[role=option], .ant-select-item-option', { hasText: '企业会员' }).last().click();
    await page.getByRole('dialog').getByRole('button', { name: '下单' }).click();
    await page.waitForURL('**/money/orders/*');
    await page.locator('text=待付款').first().waitFor();
  };
  await begin();
  await desk.named('button', '取消订单').click();
  await page.getByRole('dialog').getByRole('button', { name: '取消订单' }).click();
  await page.locator('text=已关闭').waitFor();

  await begin();
  const { amount } = await desk.api(`/orders/${here(desk).split('/').at(-1)}`);
  assert.ok(amount < 999900, 'the unused part of the year counts towards it');
  await desk.named('button', '确认收款').click();
  const dialog = page.getByRole('dialog');
  desk.allow(409, 422);
  await dialog.getByLabel('到账金额').fill('1');
  await dialog.getByRole('button', { name: '确认收款' }).click();
  await dialog.getByRole('alert').first().waitFor();
  await dialog.getByLabel('到账金额').fill((amount / 100).toFixed(2));
  await dialog.getByLabel('流水号').fill('20261122-7');
  await dialog.getByRole('button', { name: '确认收款' }).click();
  await page.locator('text=已交付').first().waitFor();
  assert.match(await desk.part('付款').textContent(), /人工确认 · 20261122-7/);

  // Nobody but staff can say that money which came by hand has gone back by hand.
  await desk.named('button', '退款').click();
  await dialog.getByLabel('退多少').fill('500');
  await dialog.getByLabel('原因').fill('谈好的折扣');
  await dialog.getByRole('button', { name: '退款' }).click();
  await desk.part('退款').getByRole('button', { name: '已经退给 TA' }).click();
  await dialog.getByRole('button', { name: '已经退给 TA' }).click();
  await desk.part('退款').locator('text=已退到').waitFor();

  await desk.open('/money');
  await page.locator('text=账是平的').waitFor();
  assert.equal((await balance('人工确认的收款')).replace(/[^\d]/g, ''), String(amount - 50000));
  await desk.open('/members');
  await page.locator('section[aria-label="企业会员"]').getByRole('link', { name: '企业会员 有效 1' }).waitFor();
  await page.getByRole('link', { name: '年度会员 有效 0' }).waitFor();
  desk.calm();
});
