// Events in the console: one is planned, filled, edited and called off (E1, E2).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
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
  assert.match(await row.textContent(), new RegExp(`${tomorrow} 14:00.*上海 · 徐汇图书馆 3 楼.*1 \/ 50.*未开始.*撞上的那场 15:00`));
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

test('who comes is listed with their door, and what they thought of it beside the standard line', async () => {
  const { page } = desk;
  const event = await desk.write('POST', '/events', { template: 'session', title: { 'zh-Hans': '今晚专场' }, starts: new Date(Date.now() + 3 * 3_600_000).toISOString() });
  const guest = await claims(event.code);
  const scan = (nonce, offline) => desk.write('POST', `/events/${event.id}/scans`, { code: guest.secret.toLowerCase(), nonce, offline });
  assert.equal((await scan('1')).result, 'admitted');
  assert.equal((await scan('2', true)).result, 'double');
  await desk.open(`/events/${event.id}/door`);
  await page.locator('h2', { hasText: '重复入场' }).first().waitFor();
  await page.locator('tbody tr', { hasText: '重复入场' }).first().waitFor();
  await desk.looks('console-event-door');
  await desk.open(`/events/${event.id}/came`);
  assert.match(await page.locator('tbody tr', { hasText: '林一' }).textContent(), /演示 ?验票.*会员/);
  await desk.looks('console-event-came');
  await desk.named('button', '导出 CSV').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('dialog').getByRole('button', { name: '导出' }).click()]);
  assert.equal(file.suggestedFilename(), `${event.code}-到场名单.csv`);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines.length, 2);
  assert.match(lines[1], /^林一,20\d\d-\d\d-\d\d \d\d:\d\d,演示 ?验票,会员,$/);

  await guest.phone.page.goto(new URL(guest.ticket, server.base).href);
  await desk.write('PATCH', `/events/${event.id}`, { starts: new Date(Date.now() - 7_200_000).toISOString(), ends: new Date(Date.now() - 60_000).toISOString() });
  await guest.phone.page.reload();
  await guest.phone.page.locator('input[name=score][value="9"]').check({ force: true });
  await guest.phone.page.check('input[name=event]');
  await guest.phone.page.fill('textarea[name=text]', '第二段最有用');
  await click(guest.phone, 'form[action$="/answer"] button');
  await desk.open(`/events/${event.id}/answers`);
  await page.locator('tbody tr', { hasText: '第二段最有用' }).waitFor();
  assert.match(await page.locator('main').textContent(), /净推荐值 \+100\.0，1 人评价/);
  await desk.looks('console-event-answers');
  desk.calm();
});

test('a session is made: a jury reads the script, it is played from the desk, a question is answered, a hot topic takes another’s time', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  const event = await desk.write('POST', '/events', { template: 'session', title: { 'zh-Hans': '明晚专场' }, starts: new Date(Date.now() + 26 * 3_600_000).toISOString() });
  const guest = await claims(event.code);
  await desk.open(`/events/${event.id}/production`);
  const course = desk.part('专场制作');
  await course.locator('li', { hasText: '邀请嘉宾' }).locator('text=进行中').waitFor();
  await desk.named('button', '请人评审').click();
  await dialog.getByRole('combobox').fill('林一');
  await page.locator('.ant-select-item-option', { hasText: '林一' }).first().click();
  await dialog.locator('li', { hasText: '林一' }).waitFor();
  await dialog.getByLabel('需要几人认可').fill('1');
  await accessible(desk, 'console-event-jury-ask');
  await dialog.getByRole('button', { name: '请他们评审' }).click();
  await dialog.waitFor({ state: 'detached' });
  const jury = desk.part('嘉宾评审');
  await jury.locator('text=评审中').waitFor();
  await jury.getByRole('button', { name: '认可', exact: true }).click();
  await jury.getByLabel('理由（可不填）').fill('可以上');
  await jury.getByRole('button', { name: '记下结论' }).click();
  await jury.locator('text=1 人认可，0 人不认可，共请 1 人，需要 1 人').waitFor();
  await jury.locator('text=可以上').waitFor();
  await desk.looks('console-event-production');

  desk.allow(404); // it has no script yet
  await desk.open(`/events/${event.id}/room`);
  await desk.named('button', '放入文稿').click();
  await dialog.getByLabel('逐字稿').fill('第一段。\n\n第二段。\n\n第三段。');
  await dialog.locator('text=3 段，共 12 字').waitFor();
  await accessible(desk, 'console-event-script');
  await dialog.getByRole('button', { name: '保存文稿' }).click();
  await dialog.waitFor({ state: 'detached' });
  await desk.named('button', '开始播放').click();
  await page.locator('text=已放 1 / 3 段').waitFor();
  await desk.named('button', '暂停').click();
  await page.locator('text=已暂停').first().waitFor();
  await desk.named('button', '下一段').click();
  await page.locator('li[aria-current=true]', { hasText: '第二段' }).waitFor();
  await visit(guest.phone, `/events/${event.code}/room/questions`);
  await guest.phone.page.fill('#ask-form textarea', '第三段讲什么？');
  await guest.phone.page.locator('#ask-form button').click();
  const asked = page.locator('main li', { hasText: '第三段讲什么？' });
  await asked.waitFor({ timeout: 15_000 });
  await desk.looks('console-event-room');
  await asked.getByRole('button', { name: '标为已回答' }).click();
  await asked.locator('text=已回答').first().waitFor();
  await desk.named('button', '结束').click();
  await dialog.getByRole('button', { name: '结束' }).click();
  await page.locator('text=已结束').first().waitFor();

  await desk.named('button', '让位给热点').click();
  await dialog.locator('text=已填入最近的空档').waitFor();
  await dialog.getByLabel('热点活动').fill('刚发生的大事');
  await accessible(desk, 'console-event-way');
  await dialog.getByRole('button', { name: '让位' }).click();
  await page.locator('h1', { hasText: '刚发生的大事' }).waitFor();
  assert.equal((await desk.api(`/events/${here(desk).split('/').at(-1)}`)).starts, event.starts);
  const later = Date.parse((await desk.api(`/events/${event.id}`)).starts) - Date.parse(event.starts);
  assert.ok(later > 6.9 * 86_400_000, `moved by ${later} ms`); // to the minute
  desk.calm();
});
