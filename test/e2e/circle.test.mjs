// Two members in one circle, live (C1, C2, C8), on two browsers at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, heading, newPhone, press, register, settle, someone, visit, walkIn } from './lib/phone.mjs';
import { png } from './lib/png.mjs';
import { start } from './lib/server.mjs';

let server;
before(async () => { server = await start({ edits: [['capacity: 200\n    reserve: 20\n    growable: true', 'capacity: 2\n    growable: false']] }); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

async function say(p, text) {
  await p.page.fill('#text', text);
  await p.page.click('#composer button.button');
  await p.page.locator('.said.mine .text', { hasText: text }).waitFor();
}

test('what one says, answers, shows and takes back, the other sees at once', async () => {
  const [ann, bea] = [await newPhone(server), await newPhone(server)];
  const circle = await walkIn(ann, 'past', { ...someone(), nickname: '安安' });
  assert.equal(await walkIn(bea, 'past', { ...someone(), nickname: '贝贝' }), circle, 'both sit in one circle');
  await Promise.all([visit(ann, circle), visit(bea, circle)]);

  await say(ann, '大家好，我 12 周了 🤰');
  const heard = bea.page.locator('.said:not(.mine)', { hasText: '大家好，我 12 周了 🤰' });
  await heard.waitFor({ timeout: 3000 });
  assert.match(await heard.locator('.who').textContent(), /安安/);
  assert.equal(await heard.locator('.acts button').count(), 0, "another's message can't be withdrawn");

  await heard.locator('[data-reply]').click();
  assert.match(await bea.page.textContent('#replying'), /安安/);
  await say(bea, '<b>欢迎</b> & 抱抱');
  const answer = ann.page.locator('.said:not(.mine)', { hasText: '<b>欢迎</b> & 抱抱' });
  await answer.waitFor({ timeout: 3000 });
  assert.match(await answer.locator('blockquote').textContent(), /安安: 大家好/);

  await ann.page.setInputFiles('input[name=picture]', { name: 'test.png', mimeType: 'image/png', buffer: png(640, 400) });
  const picture = bea.page.locator('.said:not(.mine) img');
  await picture.waitFor({ timeout: 8000 });
  await bea.page.waitForFunction(() => document.querySelector('.said img').naturalWidth > 0);
  assert.match(await picture.getAttribute('alt'), /安安/);
  assert.deepEqual(await picture.evaluate((i) => [i.width, i.height]), [220, 138], 'it has its room before it arrives');

  await say(ann, '说错了');
  await bea.page.locator('.said', { hasText: '说错了' }).waitFor({ timeout: 3000 });
  await ann.page.locator('.said.mine', { hasText: '说错了' }).locator('.acts button').click();
  await bea.page.locator('.said', { hasText: '消息已撤回' }).waitFor({ timeout: 3000 });
  assert.equal(await bea.page.locator('.said', { hasText: '说错了' }).count(), 0);

  // What is typed and chosen while a message is on its way goes nowhere with it, and comes after it.
  let answered;
  const delay = new Promise((done) => { answered = done; });
  await ann.page.route('**/messages', async (route) => {
    const response = await route.fetch();
    await delay;
    await route.fulfill({ response });
  }, { times: 1 });
  await say(ann, '这张更清楚');
  await ann.page.locator('#text').pressSequentially('，是昨天的');
  await ann.page.setInputFiles('input[name=picture]', { name: 'clear.png', mimeType: 'image/png', buffer: png(320, 200) });
  answered();
  const clearer = bea.page.locator('.said:not(.mine)', { has: bea.page.locator('img') }).nth(1);
  await clearer.waitFor({ timeout: 8000 });
  assert.match(await clearer.textContent(), /，是昨天的/);
  assert.equal(await bea.page.locator('.said', { hasText: '这张更清楚' }).count(), 1);

  // A dead connection comes back by itself and brings what was missed.
  await bea.context.setOffline(true);
  await say(ann, '断线时说的');
  await bea.context.setOffline(false);
  await bea.page.locator('.said', { hasText: '断线时说的' }).waitFor({ timeout: 12_000 });
  bea.complaints = bea.complaints.filter((c) => !/ERR_INTERNET_DISCONNECTED/.test(c));

  // Who is not in the circle reads nothing of it, nor its pictures.
  const src = await picture.first().getAttribute('src');
  const stranger = await newPhone(server);
  stranger.allow(401, 403, 404);
  await visit(stranger, circle);
  assert.match(await heading(stranger), /登录/);
  await stranger.page.goto(new URL(src, server.base).href);
  assert.match(await heading(stranger), /登录/);
  await stranger.done();
  await ann.done();
  await bea.done();
});

test('leaving frees the seat for the next in line', async () => {
  const [stays, leaves, waits] = [await newPhone(server), await newPhone(server), await newPhone(server)];
  const who = { name: '李晴', situation: 'planning', consent: ['service'] };
  await walkIn(stays, 'past', { ...who, nickname: '一' });
  const circle = await walkIn(leaves, 'past', { ...who, nickname: '二' });
  await visit(waits, '/e/past');
  await press(waits, 'arrive');
  await settle(waits, 'form[action$="/register"]');
  await register(waits, { ...who, nickname: '三' });
  await waits.page.locator('h1', { hasText: '暂时满员' }).waitFor();
  assert.match(await waits.page.textContent('.card.wait'), /当前位置\s*1/);

  await visit(leaves, circle);
  await leaves.page.click('details summary');
  await Promise.all([leaves.page.waitForEvent('load'), leaves.page.click('button.danger')]);
  assert.match(await leaves.page.textContent('main'), /还没有加入任何群/);
  leaves.allow(403, 404);
  await visit(leaves, circle);
  assert.equal(await leaves.page.locator('#composer').count(), 0, 'who left reads no more');

  for (let i = 0; i < 20 && !(await waits.page.locator('form[action$="/join"]').count()); i++) {
    await new Promise((done) => setTimeout(done, 300));
    await visit(waits, '/e/past');
  }
  await press(waits, 'join');
  await visit(waits, circle);
  await waits.page.locator('.said.system', { hasText: '三' }).waitFor();
  for (const p of [stays, leaves, waits]) await p.done();
});
