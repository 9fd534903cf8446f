// The team in the console: who has whom in hand, who brought how much, whose sale an order is, and a month's statements that a
// second person approves (T1, T6, G11).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible } from './lib/look.mjs';
import { closeBrowser } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
before(async () => {
  server = await start({ book: 'academy' });
  desk = await newDesk(server, { community: 'academy' });
  await desk.signIn();
  await desk.secondStep();
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

const members = async (side) => (await desk.api('/departments')).items.find((d) => d.side === side).members;
const yuan = (fen) => `${fen < 0 ? '−' : ''}¥${(Math.abs(fen) / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;

test('departments: who has how many in hand; a colleague is given nobody new', async () => {
  const { page } = desk;
  await desk.open('/team');
  const [first] = await members('sales');
  const row = desk.part('销售部').locator('tbody tr', { hasText: first.staff_name });
  await row.getByText(`${first.load} / 300 人`).waitFor();
  await desk.part('销售部').getByText('超过 ¥500,000.00 的部分，按 8%').waitFor();
  await desk.looks('console-team');
  await row.getByRole('button').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('switch').click();
  await accessible(desk, 'console-team-place');
  await dialog.locator('button[type=submit]').click();
  await row.getByText('暂停接人').waitFor();
  desk.calm();
});

test('a contact is handed over, and put back into the pool from their own page', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  const [from, , to] = (await members('sales')).toSorted((a, b) => b.load - a.load);
  const [turn] = (await desk.api(`/contacts-in-hand?staff=${from.staff}`)).items;
  await desk.open(`/team/contacts?staff=${from.staff}`);
  await page.locator('tbody tr').first().getByRole('checkbox').check();
  await desk.looks('console-contacts');
  await desk.named('button', '转交').click();
  await dialog.getByRole('combobox').click();
  await page.locator('.ant-select-item-option', { hasText: to.staff_name }).click();
  await accessible(desk, 'console-hand-over');
  await dialog.locator('p button').first().click();
  await page.getByText(`已把 1 人转交给${to.staff_name}`).waitFor();
  await desk.open(`/people/${turn.person}`);
  const owners = desk.part('谁在负责');
  await owners.locator('li', { hasText: to.staff_name }).getByText('指定').first().waitFor();
  await owners.getByText('之前的').click();
  await owners.locator('details li', { hasText: from.staff_name }).getByText('转交给别的同事').waitFor();
  await owners.getByRole('button', { name: '放回公海' }).click();
  await page.getByText('已放回 1 人').waitFor();
  await owners.locator('details li', { hasText: '放回公海' }).first().waitFor();
  await desk.open('/team/contacts?seg=pool');
  await page.locator('main').getByText(/公海里没有人|等待开始/).first().waitFor();
  await desk.looks('console-pool');
  desk.calm();
});

test('who works here themselves notes that they have spoken with a contact', async () => {
  const { page } = desk;
  const { operator } = await page.evaluate(async () => (await fetch('/api/v1/session')).json());
  await page.evaluate(async (url) => {
    await fetch(url, { method: 'PATCH', body: JSON.stringify({ roles: ['owner', 'sales'] }), headers: { 'Content-Type': 'application/json' } });
  }, `/api/v1/communities/academy/staff/${operator.id}`);
  const other = (await members('sales')).find((m) => m.load > 0 && m.staff !== operator.id);
  const [turn] = (await desk.api(`/contacts-in-hand?staff=${other.staff}`)).items;
  await desk.write('PUT', `/people/${turn.person}/owner`, { side: 'sales', staff: operator.id });
  await desk.open('/team/contacts'); // one's own
  const row = page.locator('tbody tr').first();
  await row.getByText('未跟进').waitFor();
  await row.getByRole('checkbox').check();
  await desk.named('button', '记下已跟进').click();
  await row.getByText('已跟进').waitFor();
  desk.calm();
});

test('the race: bars with figures beside targets, which one sets', async () => {
  const { page } = desk;
  await desk.open('/team/race');
  const bars = desk.part('销售部').locator('ol > li');
  const first = (await members('sales')).find((m) => m.staff_name !== '演示');
  const mine = bars.filter({ has: page.getByRole('link', { name: first.staff_name, exact: true }) });
  await mine.getByText('目标 ¥200,000.00').waitFor();
  await mine.getByRole('button', { name: `${first.staff_name}的目标` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('金额').fill('50000');
  await accessible(desk, 'console-target');
  await dialog.locator('button[type=submit]').click();
  await mine.getByText('目标 ¥50,000.00').waitFor();
  await page.getByLabel('看多久').selectOption('3');
  await page.waitForURL('**/team/race?span=3');
  const to = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
  const from = new Date(Date.UTC(Number(to.slice(0, 4)), Number(to.slice(5)) - 3, 1)).toISOString().slice(0, 7);
  const race = await desk.api(`/race?from=${from}&to=${to}`);
  const of = race.staff.find((s) => s.staff === first.staff);
  const words = await mine.textContent();
  assert.ok(of.sales > 0, 'nothing was sold in the demo');
  for (const want of [yuan(of.sales + of.referrals), `跟进 ${of.touched}/${of.owned} 人`, `成交 ${of.converted}/${of.owned} 人`]) assert.ok(words.includes(want), `no ${want} in ${words}`);
  await desk.looks('console-race');
  desk.calm();
});

test('why a sale is whose: from the order to who had the buyer, and to what it earned', async () => {
  const { page } = desk;
  await desk.open('/money/orders');
  await page.getByRole('link', { name: '看为什么' }).first().click();
  await page.locator('h1', { hasText: '这笔成交为什么记给 TA' }).waitFor();
  const credit = (await desk.api('/credits?limit=200')).items.filter((c) => c.staff && c.reason === 'owner').at(-1);
  await desk.open(`/team/credits?staff=${credit.staff}`);
  await page.locator('tbody tr').first().waitFor();
  await desk.looks('console-credits');
  await desk.open(`/team/credits/${credit.order}`);
  await desk.part('为什么').getByText(`的是${credit.staff_name}。`).waitFor();
  assert.match(await desk.part('为什么').textContent(), /分给了.*付款 ¥/);
  await desk.part('当时的规则').getByText('第 1 版').waitFor();
  await desk.looks('console-credit');
  desk.calm();
});

test('a month is closed once, and a statement is approved by somebody else than who closed it', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.open('/team/statements');
  await page.locator('tbody tr').first().waitFor();
  await desk.looks('console-statements');
  await desk.named('button', '关账').click();
  await dialog.getByText(/过完的月份都已关账|各得一张工资单/).waitFor();
  await dialog.getByRole('button', { name: '关闭' }).click();
  const draft = (await desk.api('/statements?limit=100')).items.filter((s) => s.state === 'draft').toSorted((a, b) => b.total - a.total)[0];
  const { items } = await desk.api(`/statements/${draft.id}/lines?limit=200`);
  assert.equal(items.reduce((sum, l) => sum + l.fen, 0), draft.total, 'the lines are not the total');
  await desk.open(`/team/statements/${draft.id}`);
  await page.locator('h1', { hasText: draft.staff_name }).waitFor();
  await desk.part('合计').getByText(yuan(draft.total)).first().waitFor();
  assert.equal(await desk.part('每一笔').locator('tbody tr').count(), items.length);
  await desk.looks('console-statement');
  await page.locator('main header').getByRole('button', { name: /批\s?准/ }).click();
  await dialog.locator('p button').first().click();
  await page.locator('main header').getByText('已批准').waitFor();
  await desk.part('关账与批准').getByRole('link', { name: '打开分录' }).click();
  await page.waitForURL('**/money/entries/*');
  await page.locator('main').getByText(yuan(draft.total)).first().waitFor();
  await page.locator('tbody').getByText(draft.staff_name, { exact: true }).waitFor(); // whose wages: who works here is no person
  desk.calm();
});
