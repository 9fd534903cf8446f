// Events in the console: one is planned, filled, edited and called off (E1, E2).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible } from './lib/look.mjs';
import { buy, click, closeBrowser, enrol, here, newPhone, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
before(async () => {
  server = await start({ book: 'operators' });
  desk = await newDesk(server, { community: 'operators' });
  await desk.signIn();
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

// Tomorrow by the community's clock.
const tomorrow = new Date(Date.now() + (24 + 8) * 3_600_000).toISOString().slice(0, 10);

// 林一 registers, buys the year and takes a ticket.
async function claims(code) {
  const p = await newPhone(server);
  await visit(p, '/e/join');
  await enrol(p, '林一');
  await buy(p);
  await visit(p, `/events/${code}`);
  await click(p, 'form[action$="/claim"] button');
  return { phone: p, ticket: here(p), secret: (await p.page.locator('.code').innerText()).replace(/\s/g, '') };
}

test('an event is planned, seen in list and month, filled, and edited by who is not too late', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.open('/events');
  await page.locator('tbody tr').first().waitFor();
  await desk.named('button', '安排活动').first().click();
  await dialog.getByRole('combobox').first().click();
  await page.locator('.ant-select-item-option', { hasText: '线下闭门沙龙' }).click();
  await dialog.getByRole('button', { name: '安排活动' }).click();
  await dialog.locator('text=请写中文标题。').waitFor();
  await dialog.getByLabel('标题').first().fill('增长闭门会');
  const starts = dialog.getByLabel('开始');
  await starts.fill(`${tomorrow} 14:00`);
  await starts.press('Enter');
  await dialog.getByLabel('城市').fill('上海');
  await dialog.getByLabel('地点').fill('徐汇图书馆 3 楼');
  desk.allow(422, 400);
  await dialog.getByLabel('链接').fill('nowhere');
  await dialog.getByRole('button', { name: '安排活动' }).click();
  await dialog.locator('.ant-form-item', { hasText: '链接' }).locator('.ant-form-item-explain-error').waitFor();
  await desk.looks('console-event-add');
  await dialog.getByLabel('链接').fill('');
  await dialog.getByRole('button', { name: '安排活动' }).click();
  await page.locator('h1', { hasText: '增长闭门会' }).waitFor();
  const id = here(desk).split('/').at(-1);
  const event = await desk.api(`/events/${id}`);
  assert.equal(event.starts, new Date(`${tomorrow}T14:00:00+08:00`).toISOString().replace('.000', ''));

  // Another at the same place: both are flagged.
  await desk.write('POST', '/events', { template: 'salon', title: { 'zh-Hans': '撞上的那场' }, starts: new Date(Date.parse(event.starts) + 3_600_000).toISOString(), city: '上海', place: '徐汇图书馆 3 楼' });
  await claims(event.code);

  await desk.open('/events');
  const row = page.locator('tbody tr', { hasText: '增长闭门会' }).first();
  await row.locator('text=1 / 50').waitFor();
  assert.match(await row.textContent(), new RegExp(`${tomorrow} 14:00.*上海 · 徐汇图书馆 3 楼.*沙龙.*未开始.*撞上的那场 15:00`));
  await desk.looks('console-events');
  await desk.named('link', '月历').click();
  await page.getByRole('link', { name: /14:00 增长闭门会/ }).first().waitFor();
  await desk.looks('console-events-month');

  await desk.open(`/events/${id}`);
  await page.locator('tbody tr', { hasText: '林一' }).waitFor();
  await desk.named('button', '修改').click();
  await dialog.getByLabel('名额').fill('40');
  await desk.write('PATCH', `/events/${id}`, { place: '静安寺 2 楼' });
  desk.allow(412);
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByRole('alert').first().waitFor();
  assert.equal((await desk.api(`/events/${id}`)).capacity, 50, 'who was slower changes nothing');
  await page.keyboard.press('Escape');
  await page.reload();
  await desk.named('button', '修改').click();
  await dialog.getByLabel('名额').fill('40');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await desk.api(`/events/${id}`)).capacity, 40);
  desk.calm();
});

test('an event is called off by its name; its tickets go back', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  const event = await desk.write('POST', '/events', { template: 'session', title: { 'zh-Hans': '下周专场' }, starts: new Date(Date.now() + 7 * 86_400_000).toISOString() });
  const guest = await claims(event.code);
  await desk.open(`/events/${event.id}`);
  await desk.named('button', '取消活动').click();
  await dialog.locator('text=1 张票和保留的名额收回。没有付费的票，不用退款。').waitFor();
  await accessible(desk, 'console-event-cancel');
  await dialog.getByRole('textbox').fill('下周专场');
  await dialog.getByRole('button', { name: '取消活动' }).click();
  await page.locator('header', { hasText: '已取消' }).first().waitFor();
  await desk.open('/events?seg=cancelled');
  await page.locator('tbody tr', { hasText: '下周专场' }).waitFor();
  await guest.phone.page.goto(new URL(guest.ticket, server.base).href);
  assert.match(await guest.phone.page.locator('main, body').first().innerText(), /已退票/);
  desk.calm();
});
