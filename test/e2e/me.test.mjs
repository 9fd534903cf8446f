// A member's own page: notices, preferences, data taken along and erased, signing in by phone (X5).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { askCode, closeBrowser, heading, here, newPhone, someone, visit, walkIn } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
before(async () => { server = await start(); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

test('notices, preferences, signing in on another phone, export, erasure', async () => {
  const p = await newPhone(server);
  const circle = await walkIn(p, 'past', { ...someone(), name: '赵敏敏', nickname: '敏敏', consent: ['service', 'marketing'] });
  await visit(p, circle);
  await p.page.fill('#text', '我说过的话');
  await p.page.click('#composer button.button');
  await p.page.locator('.said.mine .text').waitFor();

  await visit(p, '/me');
  assert.match(await heading(p), /敏敏/);
  assert.match(await p.page.textContent('.notices'), /轮到你了/);
  const fresh = await p.page.locator('.notices .new').count();
  assert.ok(fresh > 0, 'notices that were not read stand out');
  await p.page.reload();
  assert.ok((await p.page.locator('.notices .new').count()) < fresh, 'seeing them reads them');
  await p.page.locator('.notices a').first().click();
  assert.equal(here(p), '/mothers/me', 'the link of a notice leads somewhere');

  await p.page.click('.foot a[href$="/preferences"]');
  const marketing = p.page.locator('input[name=purpose][value=marketing]');
  assert.ok(await marketing.isChecked());
  await marketing.uncheck();
  await p.page.uncheck('input[name=channel][value=sms]');
  await p.page.click('form p button.button');
  await p.page.locator('.notice.good').waitFor();
  await visit(p, '/me/preferences');
  assert.ok(!(await marketing.isChecked()), 'consent withdrawn stays withdrawn');
  assert.ok(!(await p.page.isChecked('input[name=channel][value=sms]')));
  assert.ok(await p.page.isChecked('input[name=purpose][value=service]'));

  const [download] = await Promise.all([p.page.waitForEvent('download'), p.page.click('a[href$="/me/export"]')]);
  const mine = JSON.parse(await readFile(await download.path(), 'utf8'));
  const text = JSON.stringify(mine);
  for (const word of ['赵敏敏', '敏敏', p.number, '我说过的话', 'marketing']) assert.ok(text.includes(word), `the export has ${word}`);

  // The same member on another phone, signed in with a code.
  const other = await newPhone(server);
  await visit(other, circle);
  assert.match(here(other), /sign-in$/);
  other.number = p.number;
  other.allow(422);
  const code = await askCode(other);
  await other.page.fill('input[name=code]', code === '000000' ? '000001' : '000000');
  await Promise.all([other.page.waitForEvent('load'), other.page.click('p.field > button')]);
  assert.match(await other.page.textContent('.error'), /还可以试 4 次|4/);
  assert.equal(await other.page.inputValue('input[name=phone]'), p.number, 'what was typed stays');
  await other.page.fill('input[name=code]', code);
  await Promise.all([other.page.waitForEvent('load'), other.page.click('p.field > button')]);
  assert.equal(here(other), `/mothers${circle}`, 'signing in leads back to where one wanted to go');

  await visit(p, '/me/preferences');
  await p.page.click('details summary');
  await p.page.fill('input[name=word]', '删掉');
  p.allow(422);
  await Promise.all([p.page.waitForEvent('load'), p.page.click('button.danger')]);
  assert.match(await p.page.textContent('[role=alert]'), /删除/);
  await p.page.click('details summary');
  await p.page.fill('input[name=word]', '删除');
  await Promise.all([p.page.waitForEvent('load'), p.page.click('button.danger')]);
  assert.match(await heading(p), /已删除/);
  await visit(p, '/me');
  assert.match(here(p), /sign-in$/, 'nobody is signed in any more');
  await visit(other, '/me');
  assert.match(here(other), /sign-in$/, 'nor on the other phone');
  await p.done();
  await other.done();
});

test('a phone that nobody has is told so only after its code was right', async () => {
  const p = await newPhone(server);
  await visit(p, '/sign-in');
  const code = await askCode(p);
  assert.doesNotMatch(await p.page.textContent('main'), /还没有加入/);
  await p.page.fill('input[name=code]', code);
  p.allow(404);
  await Promise.all([p.page.waitForEvent('load'), p.page.click('p.field > button')]);
  assert.match(await p.page.textContent('main'), /这个手机号还没有加入/);
  await p.done();
});
