// Bills of payment channels in the console: a day is compared, what differs is seen to, a wrong bill gives way to the right one (L4).
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible } from './lib/look.mjs';
import { closeBrowser } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
let dir;
let day; // before the one whose bill the demo has
let text; // the sandbox's own bill of that day
before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'qunce-bill-'));
  server = await start({ book: 'operators' });
  desk = await newDesk(server, { community: 'operators' });
  await desk.signIn();
  await desk.secondStep();
  await paidDay();
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
  await rm(dir, { recursive: true });
});

// The latest day without a bill on which the sandbox took in at least two payments.
async function paidDay() {
  const had = (await desk.api('/bills')).items.map((b) => b.day);
  const paid = (await desk.api('/orders?limit=200')).items.flatMap((o) => o.paid_at ?? []).map((at) => new Date(Date.parse(at) + 8 * 3600_000).toISOString().slice(0, 10));
  const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);
  for (const one of [...new Set(paid)].sort().reverse()) {
    if (one >= today || had.includes(one)) continue;
    const file = await desk.page.evaluate(async (url) => (await fetch(url)).text(), `/api/v1/communities/operators/channels/sandbox/bill?day=${one}`);
    if (file.split('\r\n').filter((l) => l.startsWith('`') && l.includes('`SUCCESS')).length < 2) continue;
    [day, text] = [one, file];
    return;
  }
  assert.fail('no day of the demo has two payments');
}

const rows = () => text.split('\r\n').filter((l) => l.startsWith('`')).slice(0, -1);
const yuan = (cell) => Number(cell.replace('`', ''));

// The bill without its first line, whose sums are those of the rest.
function lacking() {
  const lines = text.split('\r\n').filter(Boolean);
  const gone = rows()[0].split(',`');
  const names = lines[0].replace('\ufeff', '').split(',');
  const amount = (name) => yuan(gone[names.indexOf(name)]);
  const head = lines.at(-2).split(',');
  const sums = lines.at(-1).split(',').map(yuan);
  const less = (name, by) => { sums[head.indexOf(name)] -= by; };
  less('总交易单数', 1);
  less('手续费总金额', amount('手续费'));
  less('订单总金额', amount('订单金额'));
  const told = sums.map((n, i) => `\`${i === 0 ? n : n.toFixed(2)}`).join(',');
  return [lines[0], ...lines.slice(2, -1), told, ''].join('\r\n');
}

async function send(name, content) {
  const { page } = desk;
  const file = path.join(dir, name);
  await writeFile(file, content);
  await desk.named('button', '上传账单').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[type=file]').setInputFiles(file);
  await dialog.locator(`text=${name}`).waitFor();
  assert.equal(await dialog.getByLabel('账单日期').inputValue(), day, 'the day of the name is filled in');
  await accessible(desk, 'console-bill-upload');
  await dialog.getByRole('button', { name: '上传并核对' }).click();
  return dialog;
}

const title = () => desk.page.locator('h1', { hasText: `${day} 试用付款账单` });
const fees = async () => {
  const lines = (await desk.api('/books')).lines;
  return -(lines.find((l) => l.account === 'expense:fees')?.balance ?? 0);
};

test('a bill that lacks a payment is compared: both sides stand beside each other, and somebody says why', async () => {
  const { page } = desk;
  await desk.open('/money/bills');
  await desk.named('link', '对账').waitFor();
  await page.locator('tbody tr').first().waitFor(); // the demo has one
  await desk.looks('console-bills');
  const all = rows().length;
  await send(`1900000001All${day}_${day}.csv`, lacking());
  await title().waitFor();
  await page.locator('text=还有 1 条差异没有处理').waitFor();
  assert.match(await page.locator('main').textContent(), new RegExp(`一致的行100%${all - 1} / ${all - 1}`));
  const row = page.locator('tbody tr', { hasText: '我们有，渠道没有' });
  assert.match(await row.textContent(), /没有¥[\d,]+\.\d\d已收到打开订单/);
  await desk.looks('console-bill');
  await row.getByRole('link', { name: '打开订单' }).click();
  await page.waitForURL('**/money/orders/*');
  await page.goBack();

  await row.getByRole('button', { name: /^处\s?理$/ }).click();
  const dialog = page.getByRole('dialog');
  await accessible(desk, 'console-bill-resolve');
  await dialog.getByLabel('原因和处理办法').fill('下载时漏了一行，等更正的账单');
  await dialog.getByRole('button', { name: '标为已处理' }).click();
  await page.locator('text=差异都已处理，原因写在每一条里。').waitFor();
  assert.match(await row.textContent(), /下载时漏了一行/);
  desk.calm();
});

test('the right file is refused while the wrong one stands; withdrawn, it gives way, with its fee', async () => {
  const { page } = desk;
  const wrong = page.url();
  const withWrong = await fees();
  await desk.open('/money/bills');
  desk.allow(409);
  const refused = await send(`bill-sandbox-${day}.csv`, text);
  await refused.locator(`text=${day} 已经核对过另一份账单。`).waitFor();
  await refused.getByRole('link', { name: '打开账单' }).click();
  await page.waitForURL(wrong);

  await desk.named('button', '撤回账单').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('这份账单哪里不对').fill('少了一行');
  await accessible(desk, 'console-bill-withdraw');
  await dialog.getByRole('button', { name: '撤回账单' }).click();
  await page.locator('text=这份账单已撤回，不再参与核对。原因：少了一行').waitFor();
  await desk.looks('console-bill-withdrawn');
  assert.equal(await desk.named('button', '撤回账单').count(), 0);
  const without = await fees();

  await desk.open('/money/bills');
  await send(`bill-sandbox-${day}.csv`, text);
  await title().waitFor();
  await page.locator('text=这一天和渠道完全一致，不用做什么。').waitFor();
  await desk.looks('console-bill-agrees');
  assert.ok(without < withWrong && await fees() >= withWrong, `fees were ${withWrong}, then ${without}, then ${await fees()}`);
  await desk.named('link', '看这笔分录').click();
  await page.locator('h1', { hasText: '渠道手续费' }).waitFor();
  await desk.named('link', '打开账单').click();
  await title().waitFor();

  await desk.open('/money/bills?seg=open');
  await page.locator('tbody tr', { hasText: '有差异' }).first().waitFor(); // the demo's own
  assert.equal(await page.locator('tbody tr', { hasText: day }).count(), 0);
  await desk.open('/money/bills');
  const both = page.locator('tbody tr', { hasText: day });
  await both.nth(1).waitFor();
  assert.deepEqual((await both.allTextContents()).map((s) => /一致|已撤回/.exec(s)?.[0]).sort(), ['一致', '已撤回'].sort());
  await desk.open('/settings/audit');
  await page.locator('tbody tr', { hasText: '撤回账单' }).first().waitFor();
  desk.calm();
});
