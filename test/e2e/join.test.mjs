// A stranger becomes a seated, welcomed member (I1–I7), on a phone, with and without JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, heading, here, newPhone, press, register, settle, someone, visit, walkIn } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
before(async () => { server = await start(); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

// The circle that the first test's member sits in, and her number.
let hers;

test('reserve before the doors by tap and by keyword, be let in by turn, register, join, be welcomed by name', async () => {
  const [one, two] = [await newPhone(server), await newPhone(server)];
  await visit(one, '/e/soon');
  assert.match(await heading(one), /同月龄/);
  assert.match(await one.page.textContent('.card.wait'), /开门时间\s*(\d{4}-\d\d-\d\d )?\d\d:\d\d/);
  await press(one, 'arrive');
  assert.match(await one.page.textContent('main'), /已为你留好号/);
  assert.match(await one.page.textContent('.card.wait'), /你的号码\s*1\s*开门时间\s*\d{4}-\d\d-\d\d \d\d:\d\d/);
  await one.page.reload();
  assert.match(await one.page.textContent('.card.wait'), /你的号码\s*1\s/, 'the number stays');

  await visit(two, '/e/soon');
  assert.match(await two.page.textContent('.card.wait'), /已有 1 人预约/);
  await two.page.click('summary');
  await two.page.fill('input[name=keyword]', '爸爸');
  two.allow(422);
  await press(two, 'arrive');
  assert.match(await two.page.textContent('[role=alert]'), /爸爸.*口令/s);
  await two.page.goto(two.page.url());
  assert.equal(here(two), '/mothers/e/soon', 'the address of a form leads to its page');
  await two.page.click('summary');
  await two.page.fill('input[name=keyword]', '妈妈');
  await press(two, 'arrive');
  assert.match(await two.page.textContent('.card.wait'), /你的号码\s*2\s.*前面还有\s*1/s);

  // The pages go on by themselves when it is their turn: number 1 first.
  await settle(one, 'form[action$="/register"]', 45);
  const oneIn = Date.now();
  await settle(two, 'form[action$="/register"]', 45);
  assert.ok(Date.now() - oneIn > 1000, 'number 2 came in with number 1, not at its turn');

  await register(one, someone());
  await settle(one, 'form[action$="/join"]');
  assert.match(await heading(one), /^孕期 1 群$/);
  assert.match(await one.page.textContent('.lead'), /名额为你保留到 (\d{4}-\d\d-\d\d )?\d\d:\d\d/);
  await press(one, 'join');
  const joined = Date.now();
  await visit(one, '/me');
  await one.page.locator('.links a').first().click();
  await settle(one, '.said.system');
  await one.page.locator('.said.system', { hasText: '小雨' }).waitFor({ timeout: 5000 });
  assert.ok(Date.now() - joined < 8000, 'the welcome took longer than seconds');
  hers = { circle: here(one).slice('/mothers'.length), number: one.number };
  await visit(one, '/me');
  assert.match(await heading(one), /小雨/);
  assert.match(await one.page.textContent('.notices'), /欢迎你，小雨/);
  await one.done();
  await two.done();
});

test('the whole way without JavaScript', async () => {
  const p = await newPhone(server, { script: false });
  await visit(p, '/e/talk');
  for (const words of ['和同月龄的妈妈在一个群里', '你会得到', '谁在做这件事', '怎么加入', '每周一场医生直播']) {
    assert.ok((await p.page.textContent('main')).includes(words), words);
  }
  const circle = await walkIn(p, 'talk', { ...someone(), nickname: '无脚本' });
  assert.match(circle, /^\/circles\//);
  await p.page.fill('textarea[name=text]', '大家好');
  await Promise.all([p.page.waitForEvent('load'), p.page.click('#composer button.button')]);
  assert.match(await p.page.textContent('#chat'), /大家好/);
  await Promise.all([p.page.waitForEvent('load'), p.page.locator('.said.mine [data-reply]').first().click()]);
  await p.page.fill('textarea[name=text]', '回自己一句');
  await Promise.all([p.page.waitForEvent('load'), p.page.click('#composer button.button')]);
  assert.match(await p.page.textContent('.said.mine blockquote'), /大家好/);
  await Promise.all([p.page.waitForEvent('load'), p.page.locator('.said.mine .acts button').last().click()]);
  assert.match(await p.page.textContent('#chat'), /消息已撤回/);
  await p.done();
});

test('adding the contact follows the welcome', async () => {
  const p = await newPhone(server);
  const circle = await walkIn(p, 'past', { ...someone(), nickname: '小禾' });
  await visit(p, '/e/past');
  assert.match(await heading(p), /^添加.*护士$/);
  assert.equal(await p.page.getAttribute('a.button', 'href'), `/mothers${circle}`);
  await press(p, 'contact');
  assert.equal(here(p), `/mothers${circle}`, 'an entry leads a member into her circle');
  await p.done();
});

test('the same phone on another device gets the same seat', async () => {
  assert.ok(hers, 'the first test did not come so far');
  const p = await newPhone(server);
  await visit(p, '/e/talk');
  await press(p, 'arrive');
  await press(p, 'follow');
  await settle(p, 'form[action$="/register"]');
  await register(p, { ...someone(), nickname: '还是我' }, hers.number);
  await p.page.waitForURL(`**${hers.circle}`);
  await visit(p, '/me');
  assert.equal(await p.page.locator('.links a').count(), 1, 'one seat');
  await p.done();
});
