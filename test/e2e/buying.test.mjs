// A membership is bought, paid and given back on the phone (M1, M5, S2, S3).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look } from './lib/look.mjs';
import { click, closeBrowser, heading, here, newPhone, press, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

const membership = `membership:
  cap: 10000
  plans:
    - name: year
      title: {zh-Hans: 年度会员, zh-Hant: 年度會員, en: A year with us}
      pitch: {zh-Hans: 一年的线上分享和两次闭门沙龙, zh-Hant: 一年的線上分享和兩次閉門沙龍, en: A year of sessions and two salons}
      price: 1599
      renewal: 1299
      period: {months: 12}
      refund_days: 7
      number: {pattern: "{yyyy}{n:4}", without: "4"}
      benefits:
        - {name: salon, title: {zh-Hans: 闭门沙龙, zh-Hant: 閉門沙龍, en: Closed-door salon}, count: 2}
      waves:
        - {name: first, price: 999, quota: 50}
    - name: firm
      title: {zh-Hans: 企业会员, zh-Hant: 企業會員, en: For firms}
      price: 9999
      period: {months: 12}
      includes: [year]
      refund_days: 7

circles:
`;

let server;
before(async () => { server = await start({ edits: [['\ncircles:\n', `\n${membership}`]] }); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

for (const [lang, script] of [['zh-Hans', true], ['en', false], ['zh-Hant', true]]) {
  test(`from the plans to the card and back in ${lang}${script ? '' : ', without JavaScript'}`, async () => {
    const p = await newPhone(server, { lang, script });
    const see = script ? look : async () => {};
    await visit(p, '/plans');
    await see(p, '40-plans-stranger');
    assert.equal(await p.page.locator('form[action$="/buy"]').count(), 0, 'a stranger signs in first');
    await visit(p, '/e/talk');
    await press(p, 'arrive');
    await visit(p, '/plans');
    await see(p, '41-plans');
    await click(p, 'form[action$="/year/buy"] button');
    const order = here(p);
    assert.match(order, /\/orders\/[0-9a-z]{20}$/);
    await see(p, '42-order');
    await p.page.goBack();
    await click(p, 'form[action$="/year/buy"] button');
    assert.equal(here(p), order, 'a second tap is the same order');

    // A fen too little goes back by itself, and the order waits on.
    await click(p, 'form[action$="/pay"] button');
    await see(p, '43-trial');
    await click(p, 'input[value=short] + button');
    await p.page.locator('form[action$="/pay"]').first().waitFor();
    await click(p, 'form[action$="/pay"] button');
    await click(p, 'form:not(:has(input[name=how])) button');
    await p.page.locator('a.button[href$="/me"]').waitFor();
    await see(p, '44-bought');
    await click(p, 'a.button[href$="/me"]');
    assert.match(await p.page.textContent('.figure'), /^20\d\d\d{4}$/);
    await see(p, '45-card');
    await visit(p, '/plans');
    await see(p, '46-plans-member');
    assert.match(await p.page.textContent('.card:nth-of-type(2)'), /998\.|999\.00/, 'the unused part counts towards more');

    await p.page.goto(new URL(order, p.server.base).href);
    await p.page.click('summary');
    await click(p, 'form[action$="/give-up"] button');
    await see(p, '47-given-back');
    await visit(p, '/me');
    assert.equal(await p.page.locator('.figure').count(), 0, 'the card is gone');
    assert.ok(await heading(p));
    await p.done();
  });
}
