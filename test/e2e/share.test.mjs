// A member shares a link; a stranger on another phone opens it, registers and buys; the member sees what they get, and why (G1, G2, G4).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scan } from './lib/console.mjs';
import { look } from './lib/look.mjs';
import { buy, click, closeBrowser, enrol, here, narrow, newPhone, visit, wide } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
before(async () => { server = await start({ book: 'operators' }); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

const words = (p) => p.page.locator('main').innerText();

// until reads a page again until it has the words.
async function until(p, path, want) {
  for (let i = 0; i < 50; i++) {
    await visit(p, path);
    if ((await words(p)).includes(want)) return;
    await p.page.waitForTimeout(200);
  }
  assert.fail(`${path} has no ${want}: ${await words(p)}`);
}

for (const [lang, script, viewport] of [['zh-Hans', true, narrow], ['en', true, wide], ['zh-Hant', false, narrow]]) {
  test(`a link brings a buyer in ${lang}${script ? '' : ', without JavaScript'}`, async () => {
    const see = script ? look : async () => {};
    const ann = await newPhone(server, { lang, script, viewport });
    await visit(ann, '/e/join');
    await enrol(ann, '林一');
    await buy(ann);
    await visit(ann, '/me');
    await click(ann, 'a[href$="/me/share"]');
    await see(ann, '80-share');
    const price = (await ann.page.locator('a[href$="/me/share/plan:annual"] .num').innerText()).trim();
    const reward = `¥${(Number(price.slice(1)) / 10).toFixed(2)}`;
    await click(ann, 'a[href$="/me/share/plan:annual"]');
    const link = (await ann.page.locator('textarea').inputValue()).match(/http\S+$/)[0];
    await see(ann, '81-share-link');
    if (script) {
      assert.equal(await scan(ann.page.locator('.qr')), link, 'what a camera reads off the page');
      const poster = ann.page.locator('img.poster');
      await poster.scrollIntoViewIfNeeded();
      await poster.evaluate((img) => img.decode());
      assert.equal(await scan(poster), link, 'what a camera reads off the poster');
    }

    const bob = await newPhone(server, { lang, script, viewport });
    await visit(bob, new URL(link).pathname.slice('/operators'.length));
    assert.equal(here(bob), '/operators/e/join', 'a stranger reads what it is');
    await enrol(bob, '周远');
    await until(ann, '/me/share', '周**');
    await see(ann, '82-share-guest');
    await visit(bob, new URL(link).pathname.slice('/operators'.length));
    assert.equal(here(bob), '/operators/plans', 'who is known goes straight to what it is for');
    await buy(bob);

    await until(ann, '/me/share', reward);
    assert.doesNotMatch(await words(ann), /周远/, 'a guest is shown by their initial');
    await see(ann, '83-share-reward');
    await click(ann, 'a[href*="/me/rewards/"]');
    const story = await words(ann);
    for (const want of ['周**', price, '10%', reward]) assert.ok(story.includes(want), `no ${want} in ${story}`);
    await see(ann, '84-why');
    await visit(ann, '/me/share');
    await ann.page.locator('#choice form:last-of-type input[value=points]').check();
    await click(ann, '#choice form:last-of-type button');
    assert.ok(await ann.page.locator('#choice form:last-of-type input[value=points]').isChecked(), 'the choice is kept');
    await visit(ann, '/me/rewards');
    await see(ann, '85-rewards');
    await bob.done();
    await ann.done();
  });
}
