// Every phone page, in every language, light and dark, narrow and wide: words, width, accessibility, weight.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look } from './lib/look.mjs';
import { png } from './lib/png.mjs';
import { askCode, closeBrowser, day, fill, newPhone, press, register, send, settle, someone, visit, walkIn } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
before(async () => {
  server = await start({ edits: [
    ['- name: stage:preconception\n    kind: stage\n    name_pattern: {zh-Hans: "备孕 {n} 群", zh-Hant: "備孕 {n} 群", en: "Planning {n}"}\n    capacity: 200\n    reserve: 20\n    growable: true',
      '- name: stage:preconception\n    kind: stage\n    name_pattern: {zh-Hans: "备孕 {n} 群", zh-Hant: "備孕 {n} 群", en: "Planning {n}"}\n    capacity: 1\n    growable: false'],
    ['in: 20s, rate: 12', 'in: 2h, rate: 300'],
  ] });
  const first = await newPhone(server);
  await walkIn(first, 'past', { ...someone(), situation: 'planning', due_date: undefined });
  await first.done();
});
after(async () => {
  await closeBrowser();
  await server.stop();
});

test('the landing page weighs 100 KB at most, all together', async () => {
  const p = await newPhone(server);
  let bytes = 0;
  const all = [];
  p.page.on('response', (r) => all.push(r.body().then((b) => { bytes += b.length; }, () => {})));
  await visit(p, '/e/soon');
  await p.page.waitForLoadState('networkidle');
  await Promise.all(all);
  assert.ok(all.length >= 3, 'the page and its styles');
  assert.ok(bytes <= 100 * 1024, `${bytes} bytes`);
  await p.done();
});

const people = {
  'zh-Hans': { name: '王小雨', nickname: '小雨', city: '上海', says: '大家好，我 12 周了，第一次来。\n早上总是没胃口，你们都吃点什么？', answers: '苏打饼干，少量多次。', word: '删除', odd: '张333' },
  'zh-Hant': { name: '王小雨', nickname: '小雨', city: '臺北', says: '大家好，我 12 週了，第一次來。', answers: '蘇打餅乾，少量多次。', word: '刪除', odd: '張333' },
  en: { name: 'Rain Wang', nickname: 'Rain', city: 'Shanghai', says: 'Hello everyone, 12 weeks here. Mornings are hard; what do you eat?\nhttps://example.org/a-very-long-address-that-has-to-break-somewhere-or-else-it-runs-out-of-the-page', answers: 'Plain crackers, little and often.', word: 'ERASE', odd: 'Wang 333' },
};

for (const lang of ['zh-Hans', 'en', 'zh-Hant']) {
  test(`every page in ${lang}`, async () => {
    const words = people[lang];
    const who = { ...someone(), name: words.name, nickname: words.nickname, city: words.city };
    const p = await newPhone(server, { lang });
    p.allow(401, 404, 422);

    await visit(p, '/e/soon');
    await look(p, '01-landing-doors');
    await press(p, 'arrive');
    await look(p, '02-queue');
    await visit(p, '/e/talk');
    await look(p, '03-landing-open');
    await press(p, 'arrive');
    await look(p, '04-follow');
    await press(p, 'follow');
    await settle(p, 'form[action$="/register"]');
    await look(p, '05-form');
    const code = await askCode(p);
    await look(p, '06-code-sent');
    await p.page.locator('form[data-form]').evaluate((f) => { f.noValidate = true; });
    await fill(p, { ...who, due_date: day(400) });
    await p.page.fill('input[name=code]', code === '000000' ? '000001' : '000000');
    await p.page.uncheck('input[value=service]');
    await send(p);
    await look(p, '07-form-wrong-consent');
    await fill(p, { ...who, due_date: day(400) });
    await p.page.fill('input[name=code]', code);
    await send(p);
    await look(p, '08-form-wrong-date');
    await fill(p, who);
    await p.page.fill('input[name=code]', code);
    await send(p);
    await settle(p, 'form[action$="/join"]');
    await look(p, '09-join');
    await press(p, 'join');
    await visit(p, '/e/talk');
    await look(p, '10-contact');
    await p.page.locator('a.button.plain').click();
    await settle(p, '#chat');
    await p.page.locator('.said.system').first().waitFor();
    await talk(p, words);
    await look(p, '11-circle');
    await p.page.click('details summary');
    await look(p, '12-circle-rules');
    await visit(p, '/me');
    await look(p, '13-me');
    await visit(p, '/me/preferences');
    await p.page.click('form p button.button');
    await p.page.locator('.notice.good').waitFor();
    await look(p, '14-preferences-saved');
    await p.page.click('details summary');
    await p.page.fill('input[name=word]', 'x');
    await Promise.all([p.page.waitForEvent('load'), p.page.click('button.danger')]);
    await look(p, '15-erase-refused');
    await p.page.click('details summary');
    await p.page.fill('input[name=word]', words.word);
    await Promise.all([p.page.waitForEvent('load'), p.page.click('button.danger')]);
    await look(p, '16-erased');
    await visit(p, '/sign-in');
    await look(p, '17-sign-in');
    await visit(p, '/e/nowhere');
    await look(p, '18-no-such-entry');
    await visit(p, '/outbox');
    await look(p, '19-outbox');
    await p.done();
  });

  test(`the pages of those who wait or are refused in ${lang}`, async () => {
    const words = people[lang];
    const who = { ...someone(), name: words.name, nickname: words.nickname, due_date: undefined };
    const waits = await newPhone(server, { lang });
    await visit(waits, '/e/past');
    await press(waits, 'arrive');
    await settle(waits, 'form[action$="/register"]');
    await register(waits, { ...who, situation: 'planning' });
    await waits.page.locator('.figure').waitFor();
    await look(waits, '20-line');
    await visit(waits, '/me');
    await look(waits, '21-me-empty');
    await waits.done();

    const odd = await newPhone(server, { lang });
    await visit(odd, '/e/past');
    await press(odd, 'arrive');
    await settle(odd, 'form[action$="/register"]');
    await register(odd, { ...who, situation: 'parent', birth_date: day(-40), name: words.odd });
    await settle(odd, 'h1');
    await look(odd, '22-review');
    await odd.done();

    const one = await newPhone(server, { lang });
    await visit(one, '/e/account');
    await press(one, 'arrive');
    await press(one, 'follow');
    await settle(one, 'form[action$="/contact"]');
    await look(one, '23-contact-first');
    await one.done();
  });
}

// talk leaves a conversation in the circle: words, an answer, a picture, something withdrawn.
async function talk(p, words) {
  const say = async (text) => {
    const n = await p.page.locator('.said.mine').count();
    await p.page.fill('#text', text);
    await p.page.click('#composer button.button');
    await p.page.locator('.said.mine').nth(n).waitFor();
  };
  await say(words.says);
  await p.page.locator('.said.mine [data-reply]').first().click();
  await say(words.answers);
  await p.page.setInputFiles('input[name=picture]', { name: 'x.png', mimeType: 'image/png', buffer: png(900, 600) });
  await p.page.locator('.said img').waitFor();
  await say('…');
  await p.page.locator('.said.mine .acts button').last().click();
  await p.page.waitForTimeout(600);
}
