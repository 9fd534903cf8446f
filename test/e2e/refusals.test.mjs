// What bad input gets on the phone: words that say what and what next, in place, and nothing lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { askCode, closeBrowser, day, fill, heading, here, newPhone, press, register, send, settle, someone, visit, walkIn } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
before(async () => {
  server = await start({ edits: [
    // The groups for babies have one seat in all, and those who plan have to join within seconds.
    ['- name: stage:parenting\n    kind: stage\n    name_pattern: {zh-Hans: "育儿 {n} 群", zh-Hant: "育兒 {n} 群", en: "Parenting {n}"}\n    capacity: 200\n    reserve: 20\n    growable: true',
      '- name: stage:parenting\n    kind: stage\n    name_pattern: {zh-Hans: "育儿 {n} 群", zh-Hant: "育兒 {n} 群", en: "Parenting {n}"}\n    capacity: 1\n    growable: false'],
    ['hold: 15m', 'hold: 3s'],
  ] });
});
after(async () => {
  await closeBrowser();
  await server.stop();
});

// toForm brings a phone to the form.
async function toForm(p) {
  await visit(p, '/e/past');
  await press(p, 'arrive');
  await settle(p, 'form[action$="/register"]');
}

const errorOf = (p, name) => p.page.locator(`.field:has(input[name=${name}]) .error`).first().textContent();

test('everything that is wrong is said at its field, and what was typed stays', async () => {
  const p = await newPhone(server, { script: false });
  p.allow(422);
  await toForm(p);
  const code = await askCode(p);
  await p.page.locator('form[data-form]').evaluate((f) => { f.noValidate = true; });
  await p.page.fill('input[name=nickname]', '小雨');
  await send(p);
  for (const name of ['name', 'situation']) assert.match(await errorOf(p, name), /必填|需要|填/, name);
  assert.match(await p.page.locator('label.choice .error').first().textContent(), /同意/);
  assert.equal(await p.page.inputValue('input[name=nickname]'), '小雨');
  assert.equal(await p.page.inputValue('input[name=phone]'), p.number);

  // Dates that can't be: a due date in the past or 400 days ahead. The code is not used up by them.
  for (const due of [day(-60), day(400), '2026-02-31']) {
    await fill(p, { ...someone(), due_date: undefined });
    await p.page.locator('input[name=due_date]').evaluate((i, v) => { i.type = 'text'; i.value = v; }, due);
    await p.page.fill('input[name=code]', code);
    await send(p);
    assert.match(await errorOf(p, 'due_date'), /日期/, due);
    assert.equal(await p.page.isChecked('input[value=expecting]'), true);
  }
  await fill(p, { ...someone(), name: '王🤰𠮷', nickname: '👩‍👩‍👧 𠮷野家' });
  await p.page.fill('input[name=code]', code);
  await send(p);
  await settle(p, 'form[action$="/join"]');
  await press(p, 'join');
  await visit(p, '/me');
  assert.match(await heading(p), /👩‍👩‍👧 𠮷野家/u, 'emoji and characters of four bytes are names like others');
  await p.done();
});

test('a code typed wrong five times is locked, and says what next', async () => {
  const p = await newPhone(server);
  p.allow(422, 429);
  await toForm(p);
  const code = await askCode(p);
  const wrong = code === '111111' ? '222222' : '111111';
  await fill(p, someone());
  for (let left = 4; left >= 0; left--) {
    await p.page.fill('input[name=code]', wrong);
    await send(p);
    const said = await errorOf(p, 'code');
    if (left > 0) assert.ok(said.includes(String(left)), said);
    else assert.match(said, /重新获取/);
  }
  await p.page.fill('input[name=code]', code);
  await send(p);
  assert.match(await errorOf(p, 'code'), /重新获取/, 'the right one does not help any more');
  await p.page.click('button[formaction$="/code"]');
  await p.page.locator('.error').first().waitFor();
  assert.match(await errorOf(p, 'phone'), /之后/, 'a new one can be asked for after a minute, which is said');
  await p.done();
});

test('Enter in a field sends the form, not for another code', async () => {
  const p = await newPhone(server);
  await toForm(p);
  const code = await askCode(p);
  await fill(p, someone());
  await p.page.fill('input[name=code]', code);
  await Promise.all([p.page.waitForEvent('load'), p.page.press('input[name=city]', 'Enter')]);
  await settle(p, 'form[action$="/join"]');
  await p.done();
});

test('two taps at once do what one does', async () => {
  const p = await newPhone(server);
  p.allow(409, 410, 422);
  const twice = (step, body = '') => p.page.evaluate(async ([action, body]) => {
    const one = () => fetch(action, { method: 'POST', body: new URLSearchParams(body) }).then((r) => [r.status, r.url, r.text()]);
    const both = await Promise.all([one(), one()]);
    return Promise.all(both.map(async ([status, url, text]) => ({ status, url, text: await text })));
  }, [`/mothers/e/past/${step}`, body]);
  await visit(p, '/e/past');
  for (const r of await twice('arrive')) assert.equal(r.status, 200);
  await visit(p, '/e/past');
  await settle(p, 'form[action$="/register"]');
  const code = await askCode(p);
  const form = new URLSearchParams({ phone: p.number, code, name: '陈一诺', nickname: '一诺', situation: 'planning', consent: 'service' }).toString();
  for (const r of await twice('register', form)) {
    assert.equal(r.status, 200, r.text);
    assert.doesNotMatch(r.text, /role="alert"/, 'the second tap is told nothing that would worry');
  }
  for (const r of await twice('join')) assert.equal(r.status, 200);
  await visit(p, '/me');
  assert.equal(await p.page.locator('.links a').count(), 1, 'one seat');
  await p.page.locator('.links a').click();
  await p.page.locator('.said.system', { hasText: '一诺' }).first().waitFor();
  assert.equal(await p.page.locator('.said.system', { hasText: '一诺' }).count(), 1, 'one welcome');
  await p.done();
});

test('a hold that ended says so and leads on', async () => {
  const p = await newPhone(server);
  await toForm(p);
  await register(p, { ...someone(), situation: 'planning', due_date: undefined });
  await settle(p, 'form[action$="/join"]');
  await new Promise((done) => setTimeout(done, 4500));
  await press(p, 'join');
  assert.match(await heading(p), /保留的名额已释放/);
  await press(p, 'arrive');
  await settle(p, 'form');
  assert.ok(!here(p).endsWith('/arrive'));
  await p.done();
});

test('a full circle puts one in line', async () => {
  const baby = { ...someone(), situation: 'parent', due_date: undefined, birth_date: day(-40) };
  const [in_, out] = [await newPhone(server), await newPhone(server)];
  await walkIn(in_, 'past', { ...baby, nickname: '先到' });
  await toForm(out);
  await register(out, { ...baby, nickname: '后到' });
  await out.page.locator('h1', { hasText: '暂时满员' }).waitFor();
  assert.match(await out.page.textContent('.card.wait'), /当前位置\s*1/);
  await in_.done();
  await out.done();
});

test('addresses that lead nowhere say so', async () => {
  const p = await newPhone(server);
  p.allow(404);
  for (const path of ['/e/nowhere', '/circles/nowhere', '/e/nowhere/join']) {
    await visit(p, path);
    if (here(p).includes('sign-in')) continue;
    assert.ok((await heading(p)).length > 3, path);
    assert.ok(await p.page.locator('.lead').textContent(), path);
  }
  await p.page.goto(`${server.base}x/e/join`);
  assert.ok(await p.page.locator('.lead').textContent());
  await p.done();
});
