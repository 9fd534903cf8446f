// Guests and topics: what members vote for on a phone, whom staff asks in the console, and a juror's own page (E2, E9).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { look } from './lib/look.mjs';
import { buy, click, closeBrowser, enrol, heading, here, newPhone, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
let member;
let voter; // whose phone runs no script
before(async () => {
  server = await start({ book: 'operators' });
  desk = await newDesk(server, { community: 'operators' });
  await desk.signIn();
  member = await joins('林审稿');
  voter = await joins('陈投票', { script: false });
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

// joins gives the phone of a new member.
async function joins(name, how) {
  const p = await newPhone(server, how);
  await visit(p, '/e/join');
  await enrol(p, name);
  await buy(p);
  return p;
}

const votes = async () => (await desk.api('/topics')).items.find((t) => t.title === '两个人怎么排一周')?.votes;

test('a member proposes a topic and votes without script; it counts once', async () => {
  await visit(voter, '/events');
  await voter.page.locator('#topics summary').click();
  await voter.page.fill('#topics input[name=title]', '两个人怎么排一周');
  await click(voter, '#topics details button');
  assert.equal(await votes(), 1);
  await visit(voter, '/topics');
  assert.equal(await heading(voter), '想听什么');
  const mine = voter.page.locator('li', { hasText: '两个人怎么排一周' });
  await Promise.all([voter.page.waitForEvent('load'), mine.locator('button', { hasText: '收回' }).click()]);
  assert.equal(await votes(), 0);
  await Promise.all([voter.page.waitForEvent('load'), mine.locator('button', { hasText: '我也想听' }).click()]);
  assert.equal(await votes(), 1);
  const stranger = await newPhone(server);
  await visit(stranger, '/topics');
  await stranger.page.locator('text=登录后投票').waitFor();
  await look(stranger, '95-topics');
  await stranger.done();
});

test('staff sees the empty times, writes a guest down, asks them and notes what they said', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.open('/events/bank');
  await desk.part('接下来的档期').locator('text=/个空着/').waitFor();
  await desk.part('选题').locator('text=两个人怎么排一周').waitFor();
  await desk.looks('console-bank');
  await desk.named('button', '添加嘉宾').first().click();
  await dialog.getByLabel('姓名').fill('沈一诺');
  await dialog.getByLabel('身份').fill('社群顾问');
  await dialog.getByLabel('能讲的选题').fill('排班');
  await dialog.getByLabel('能讲的选题').press('Enter');
  await dialog.getByLabel('联系方式').fill('微信 shen-demo');
  await desk.looks('console-guest-add');
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.locator('h1', { hasText: '沈一诺' }).waitFor();
  assert.equal(await page.locator('text=shen-demo').count(), 0, 'a contact is not shown until somebody asks');
  await desk.named('button', '查看联系方式').click();
  await page.locator('text=微信 shen-demo').waitFor();
  await desk.named('button', '邀请').click();
  await dialog.getByLabel('讲什么').click();
  await page.locator('.ant-select-item-option', { hasText: '两个人怎么排一周' }).click();
  await dialog.getByRole('button', { name: '保存' }).click();
  const asked = desk.part('邀请记录').locator('li', { hasText: '两个人怎么排一周' });
  await asked.getByRole('button', { name: '答应' }).click();
  await asked.getByRole('button', { name: '答应' }).waitFor({ state: 'detached' });
  await desk.part('访谈笔记').getByLabel('聊出了什么').fill('带排班表来讲。');
  await desk.part('访谈笔记').getByRole('button', { name: '保存' }).click();
  await desk.part('访谈笔记').locator('li', { hasText: '带排班表来讲。' }).waitFor();
  await desk.looks('console-guest');
  desk.calm();
});

test('topics are found by their words, and guests by what they speak about', async () => {
  const { page } = desk;
  await desk.write('POST', '/topics', { title: '冷启动三步', about: '没有预算的时候' });
  await desk.write('POST', '/guests', { name: '何不讲', topics: ['冷启动'] });
  await desk.open('/events/bank');
  const topics = desk.part('选题');
  await topics.locator('li', { hasText: '冷启动三步' }).waitFor();
  const search = topics.getByLabel('按词搜选题');
  await search.fill('预算 冷启动');
  await topics.locator('li', { hasText: '两个人怎么排一周' }).waitFor({ state: 'detached' });
  assert.equal(await topics.locator('li').count(), 1);
  await desk.looks('console-bank-found');
  await search.fill('没有人提过的');
  await topics.locator('text=没有符合条件的内容').waitFor();
  await search.fill('');
  await topics.locator('li', { hasText: '两个人怎么排一周' }).waitFor();

  const guests = desk.part('嘉宾');
  const row = (name) => guests.locator('tbody tr', { hasText: name });
  await row('何不讲').waitFor();
  await guests.getByRole('button', { name: '筛选' }).click();
  await page.getByRole('button', { name: '能讲的选题' }).click();
  await page.getByLabel('能讲的选题', { exact: true }).fill('排 班');
  await page.getByRole('button', { name: /^应\s*用$/ }).click();
  await page.waitForURL(/f\.topic=/);
  await row('何不讲').waitFor({ state: 'detached' });
  assert.deepEqual(await guests.locator('tbody tr').count(), 1);
  await row('沈一诺').waitFor();
  await guests.getByRole('button', { name: '移除筛选：能讲的选题' }).click();
  await row('何不讲').waitFor();
  desk.calm();
});

test('an empty time is planned from where it is seen, and is empty no longer', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  const empty = async () => (await desk.api('/events/slots')).items.filter((s) => !s.event);
  const [first, ...rest] = await empty();
  await desk.open('/events/bank');
  await desk.part('接下来的档期').getByRole('button', { name: '安排' }).first().click();
  await dialog.getByLabel('标题').first().fill('补上的一场');
  await dialog.getByRole('button', { name: '安排活动' }).click();
  await page.locator('h1', { hasText: '补上的一场' }).waitFor();
  const left = await empty();
  assert.equal(left.length, rest.length);
  assert.ok(!left.some((s) => s.starts === first.starts), 'the first empty time is filled');
  await desk.part('嘉宾和选题').getByRole('combobox').click();
  await page.locator('.ant-select-item-option', { hasText: '两个人怎么排一周' }).click();
  await page.waitForFunction(async (url) => (await (await fetch(url)).json()).items.some((t) => t.title === '两个人怎么排一周'), '/api/v1/communities/operators/topics?state=taken');
  desk.calm();
});

test('a juror reads the script on a page of their own and says what they think', async () => {
  const event = await desk.write('POST', '/events', { template: 'session', title: { 'zh-Hans': '等人审的一场' }, starts: new Date(Date.now() + 5 * 86_400_000).toISOString() });
  await desk.write('PUT', `/events/${event.id}/room/script`, { paragraphs: [{ text: '第一段还没有人读过。' }, { text: '第二段也是。' }] });
  const [person] = (await desk.api(`/people?q=${encodeURIComponent('林审稿')}`)).items;
  await desk.write('PUT', `/events/${event.id}/jury`, { persons: [person.id], need: 1 });
  const path = `/me/juries/${event.code}`;
  await visit(member, '/me');
  await click(member, `a[href$="${path}"]`);
  assert.match(here(member), new RegExp(`${path}$`));
  await member.page.locator('text=第二段也是。').waitFor();
  await look(member, '96-jury');
  await member.page.check('input[name=verdict][value=yes]');
  await member.page.fill('textarea[name=note]', '可以上');
  await click(member, 'form button.button');
  await member.page.locator('text=评审已通过').waitFor();
  assert.equal(await member.page.locator('input[name=verdict]').count(), 0, 'the jury has decided');
  await look(member, '97-jury-done');
  const { jury } = await desk.api(`/events/${event.id}/production`);
  assert.deepEqual([jury.state, jury.jurors[0].verdict, jury.jurors[0].note], ['passed', 'yes', '可以上']);
  const other = await newPhone(server);
  await visit(other, '/e/join');
  await enrol(other, '路人');
  other.allow?.(404);
  await visit(other, path);
  assert.ok(!(await other.page.locator('body').innerText()).includes('第一段还没有人读过'), 'nobody else reads it');
  await other.done();
});
