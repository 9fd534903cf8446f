// Growth and payouts in the console: who brought whom, why it was paid, and a batch that its drafter can't approve (G1, G4, L5, S3).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible } from './lib/look.mjs';
import { png } from './lib/png.mjs';
import { buy, closeBrowser, here, newPhone, signUp, someone, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

const business = `membership:
  cap: 10000
  plans:
    - name: year
      title: {zh-Hans: 年度会员, zh-Hant: 年度會員, en: A year with us}
      price: 1599
      period: {months: 12}
      number: {pattern: "{yyyy}{n:4}", without: "4"}

circles:
`;
const friends = `growth:
  programmes:
    - name: friends
      title: {zh-Hans: 朋友带朋友, zh-Hant: 朋友帶朋友, en: Friends bring friends}
      binds: click
      valid_days: 30
      protect_days: 7
      touch: last
      products: ["plan:year"]
      levels: [{rate_bp: 1250}]
      freeze_days: 0
`;

let server;
let desk;
before(async () => {
  server = await start({ edits: [['\ncircles:\n', `\n${business}`], ['\ngrowth:\n', `\n${friends}`]] });
  await brings();
  desk = await newDesk(server);
  await desk.signIn();
  await desk.secondStep();
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

async function registers(nickname, link) {
  const p = await newPhone(server);
  if (link) await visit(p, link);
  await signUp(p, { ...someone(), nickname });
  return p;
}

// 小雨 buys and shares; 小雪 follows her link, shares it on, and buys.
async function brings() {
  const rain = await registers('小雨');
  await buy(rain, 'year');
  const link = await shares(rain);
  const snow = await registers('小雪', link);
  await visit(snow, link);
  await buy(snow, 'year');
  await shares(snow);
  await rain.done();
  await snow.done();
}

async function shares(p) {
  await visit(p, '/me/share/plan:year');
  const address = (await p.page.locator('textarea').inputValue()).match(/http\S+$/)[0];
  return new URL(address).pathname.slice('/mothers'.length);
}

test('who brings people and what it costs, down to why it was paid and the books', async () => {
  const { page } = desk;
  await desk.open('/growth');
  await desk.part('谁带来了人').getByRole('link', { name: '小雨' }).waitFor();
  assert.match(await desk.part('花了多少').textContent(), /¥199\.87/); // 12.5 % of 1599, rounded down
  const rules = await desk.part('推荐方案').textContent();
  for (const words of ['朋友带朋友', '打开推荐人的链接', '实付的 12.5%', '30 天', '7 天', '付款后 0 天']) assert.ok(rules.includes(words), `no ${words} in ${rules}`);
  await desk.part('值得再想想的规则').waitFor(); // nothing is frozen
  await desk.looks('console-growth');
  await page.getByRole('navigation', { name: '增长' }).getByRole('link', { name: '奖励' }).click();
  const row = page.locator('tbody tr', { hasText: '小雨' });
  await row.waitFor();
  await desk.looks('console-rewards');
  await row.getByRole('link', { name: '¥199.87' }).click();
  const steps = desk.part('一步一步').locator('li');
  await steps.filter({ hasText: '小雨得到 ¥199.87' }).waitFor();
  assert.match((await steps.allTextContents()).join(' '), /小雪打开了小雨的链接.*小雪绑定在小雨名下.*小雪付款 ¥1,599\.00.*小雨得到 ¥199\.87/);
  await desk.looks('console-why');
  await desk.part('账上的分录').getByRole('link', { name: '推荐奖励' }).click();
  await page.locator('h1', { hasText: '推荐奖励' }).waitFor();
  desk.calm();
});

test('a person: who brought them, whom they brought, their links and the forwards', async () => {
  const { page } = desk;
  const [reward] = (await desk.api('/rewards')).items;
  const { bond } = await desk.api(`/rewards/${reward.id}/why`);
  await desk.open(`/people/${bond.guest}`);
  await desk.part('谁带来的').getByRole('link', { name: '小雨' }).waitFor();
  await desk.open(`/people/${bond.promoter}`);
  await desk.part('带来的人').locator('li', { hasText: '小雪' }).getByText('已带来奖励').waitFor();
  await desk.looks('console-brought');
  await desk.part('TA 的链接').getByRole('button', { name: '看 1 个转发' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('canvas').waitFor();
  assert.match(await dialog.textContent(), /2 个链接，2 层/);
  await desk.looks('console-chain');
  desk.calm();
});

test('a payout is drafted, not approved by who drafted it, and cancelled: the money is at hand again', async () => {
  const { page } = desk;
  await desk.open('/money/payouts');
  await page.locator('text=还没有打款').waitFor();
  await desk.looks('console-payouts-none');
  await desk.named('button', '起草打款').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('起付金额').fill('100');
  await dialog.getByLabel('代扣比例').fill('20');
  await accessible(desk, 'console-payout-draft');
  await dialog.locator('button[type=submit]').click();
  await page.waitForURL('**/money/payouts/*');
  await page.getByText('待审批', { exact: true }).waitFor();
  const row = page.locator('tbody tr', { hasText: '小雨' });
  await row.waitFor();
  assert.match(await row.textContent(), /¥199\.87.*¥39\.9\d.*¥159\.9\d.*待付/);
  await desk.looks('console-payout');
  await page.locator('main header').getByRole('button', { name: /审\s?批/ }).click();
  await dialog.locator('text=这一批是你起草的').waitFor();
  await dialog.locator('p button').click();
  await desk.named('button', '取消批次').click();
  await dialog.getByRole('button', { name: '取消批次' }).click();
  await page.getByText('已取消', { exact: true }).waitFor();
  await page.locator('tbody tr', { hasText: '小雨' }).getByText('已退回').waitFor();
  await desk.open('/money/payouts');
  await page.locator('tbody tr', { hasText: '已取消' }).waitFor();
  await desk.looks('console-payouts');
  desk.calm();
});

// A colleague is invited, chooses a password and turns the second step on.
async function colleague() {
  const { url } = await desk.write('POST', '/staff/invitations', { email: 'second@example.com', name: '第二位', roles: ['owner'] });
  const other = await newDesk(server);
  other.allow(401);
  await other.page.goto(new URL(new URL(url).pathname, server.base).href);
  const [email, password] = ['second@example.com', 'second-pair-of-eyes-2026'];
  await other.page.fill('input[type=password]', password);
  await other.page.locator('button[type=submit]').click();
  await other.page.locator('[role=status]').first().waitFor();
  await other.signIn({ email, password });
  await other.secondStep();
  return other;
}

test('a colleague approves what somebody else drafted; the file is downloaded, a line that failed is paid at the second try', async () => {
  await desk.open('/money/payouts');
  await desk.named('button', '起草打款').first().click();
  await desk.page.getByRole('dialog').getByLabel('起付金额').fill('100');
  await desk.page.getByRole('dialog').locator('button[type=submit]').click();
  await desk.page.waitForURL('**/money/payouts/*');
  await desk.page.getByText('待审批', { exact: true }).waitFor();
  const rest = here(desk).slice('/console/c/mothers'.length);

  const other = await colleague();
  const { page } = other;
  const dialog = page.getByRole('dialog');
  await other.open(rest);
  await page.locator('main header').getByRole('button', { name: /审\s?批/ }).click();
  await dialog.locator('text=审批之后名单和金额不再改变').waitFor();
  await dialog.getByRole('button', { name: /审\s?批/ }).click();
  await page.getByText('待打款', { exact: true }).waitFor();
  await other.looks('console-payout-approved');
  await other.named('button', '下载银行文件').click();
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: '下载 CSV' }).click()]);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/);
  assert.equal(lines.length, 2);
  assert.match(lines[1], /王小雨.*138\d{8}.*199\.87,0\.00,199\.87/);
  await page.getByText('打款中', { exact: true }).waitFor();

  const row = page.locator('tbody tr', { hasText: '小雨' });
  await row.getByRole('button', { name: '没付成' }).click();
  await dialog.getByLabel('没付成的原因').fill('账号错误');
  await dialog.getByRole('button', { name: '没付成' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.locator('text=账号错误').waitFor();
  await page.getByText('已完成', { exact: true }).first().waitFor();
  await row.getByRole('button', { name: '再付' }).click();
  await dialog.getByRole('button', { name: '再付' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByText('待付').waitFor();
  assert.equal(await row.getByRole('button', { name: '再付' }).count(), 0, 'the money is set aside once');
  await row.getByRole('button', { name: '已付' }).click();
  await dialog.getByRole('button', { name: '已付' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByText('已付').waitFor();
  await page.getByText('已完成', { exact: true }).first().waitFor();
  await other.looks('console-payout-done');
  other.calm();
  await other.context.close();
  desk.calm();
});

// Somebody is looked for and added to those who are asked.
async function asks(nickname) {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.named('button', '请人分享').click();
  await dialog.getByLabel('请谁').fill(nickname);
  await page.locator('.ant-select-item-option-content', { hasText: nickname }).first().click();
  await dialog.getByRole('button', { name: '请这 1 位' }).click();
}

test('a launch board: what is missing, who is asked, promises and shares; who was asked lately takes an acknowledgement (G5, G6)', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.open('/growth/launches');
  await page.locator('text=还没有发售').waitFor();
  await desk.looks('console-launches-none');
  await desk.named('button', '准备发售').first().click();
  await dialog.getByLabel('名称').fill('春季发售');
  await dialog.getByLabel('承诺').fill('2');
  await accessible(desk, 'console-launch-add');
  await dialog.locator('button[type=submit]').click();
  await page.waitForURL('**/growth/launches/*');
  await desk.part('还缺什么').getByText('还差 2 个承诺（0 / 2）').waitFor();

  await asks('小雨');
  const row = page.locator('tbody tr', { hasText: '小雨' });
  await row.getByText('等回复').waitFor();
  await row.getByRole('button', { name: '记下承诺' }).click();
  await dialog.getByLabel('告诉多少人').fill('30');
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByText('30 人，1 次').waitFor();
  await row.getByRole('button', { name: '已分享' }).click();
  await row.locator('text=已分享').waitFor();
  await desk.part('还缺什么').getByText('还差 1 个承诺（1 / 2）').waitFor();

  await desk.named('button', '添加背书人').click();
  await dialog.getByLabel('姓名').fill('周医生');
  await dialog.getByLabel('原话').fill('孕期的问题在这里都问得到。');
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'detached' });
  await desk.part('背书人').getByText('还没同意').waitFor();
  await desk.part('背书人').getByRole('button', { name: '已书面同意' }).click();
  await desk.part('背书人').getByRole('button', { name: '撤回同意' }).waitFor();
  await desk.looks('console-launch');

  const day = (n) => new Date(Date.now() + n * 86400e3).toISOString();
  const { id } = await desk.write('POST', '/launches', { title: '夏季发售', begins: day(30), ends: day(40) });
  await desk.open(`/growth/launches/${id}`);
  await asks('小雨');
  await dialog.getByText('1 位没有请到').waitFor();
  assert.equal((await desk.api(`/launches/${id}/pledges`)).items.length, 0, 'nobody is asked before it is acknowledged');
  await accessible(desk, 'console-launch-asked-lately');
  await dialog.getByRole('button', { name: '仍然请这 1 位' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.getByText('等回复').waitFor();
  desk.calm();
});

async function shows(nickname, call) {
  const p = await registers(nickname);
  await visit(p, `/me/calls/${call}`);
  await p.page.locator('input[type=file]').setInputFiles({ name: 'shared.png', mimeType: 'image/png', buffer: png(300, 450) });
  await Promise.all([p.page.waitForEvent('load'), p.page.locator('main form button').first().click()]);
  await p.done();
}

test('a proof is looked at: two of one picture are held, one is approved all the same, one refused (G9)', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  const { id } = await desk.write('POST', '/calls', { rule: 'share', note: '春季海报' });
  await shows('小月', id);
  await shows('小星', id);
  await desk.open('/growth/proofs');
  await desk.part('收打卡的活动').getByRole('link', { name: '2' }).click();
  await page.locator('tbody tr', { hasText: '与另一份打卡是同一张图' }).nth(1).waitFor();
  await desk.looks('console-proofs');
  const { items: [latest, first] } = await desk.api('/proofs?state=held');
  await desk.open(`/growth/proofs/${latest.id}`);
  await page.locator('h1', { hasText: '小星的打卡' }).waitFor();
  await page.locator(`a[href$="/growth/proofs/${first.id}"]`).waitFor(); // the one that it is like
  await page.getByRole('img', { name: '提交的截图' }).evaluate((img) => img.decode());
  await desk.looks('console-proof');
  await desk.named('button', '通过，发 20 积分').click();
  await dialog.getByText('与另一份打卡是同一张图').waitFor();
  await accessible(desk, 'console-proof-anyway');
  await dialog.getByRole('button', { name: '仍然通过' }).click();
  await page.locator('h1', { hasText: '小月的打卡' }).waitFor(); // the next that is held
  await desk.named('button', '不通过').click();
  await dialog.getByLabel('抄别人的图').check();
  await dialog.getByRole('button', { name: '不通过' }).click();
  await page.waitForURL('**/growth/proofs');
  const { items: [call] } = await desk.api('/calls');
  assert.deepEqual([call.held, call.approved, call.refused, call.spent], [0, 1, 1, 20]);
  assert.deepEqual((await desk.api('/tasks?kind=review-proof&state=open')).items ?? [], [], 'no task is left');
  desk.calm();
});
