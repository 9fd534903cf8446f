// Goods are bought on the phone, alone and in a group; what is not there says why (S1–S5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look } from './lib/look.mjs';
import { click, closeBrowser, here, newPhone, press, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

// A group has this long in the test of one that fails.
const short = 12;

const shop = `shop:
  products:
    - name: tea
      title: {zh-Hans: 白牡丹茶饼, zh-Hant: 白牡丹茶餅, en: White peony tea}
      about: {zh-Hans: "福鼎高山茶，三年陈。\\n每饼 200 克。", zh-Hant: "福鼎高山茶，三年陳。\\n每餅 200 克。", en: "From the hills of Fuding, three years old."}
      kind: goods
      supplier: fuding
      per_person: 5
      return: 7
      skus:
        - {name: one, title: {zh-Hans: 一饼, zh-Hant: 一餅, en: One cake}, price: 100, cost: 60, stock: 40}
        - {name: box, title: {zh-Hans: 礼盒（五饼）, zh-Hant: 禮盒（五餅）, en: Box of five}, price: 468, cost: 300, stock: 0}
    - name: mug
      title: {zh-Hans: 限量马克杯, zh-Hant: 限量馬克杯, en: Limited mug}
      kind: goods
      skus:
        - {name: one, price: 39, stock: 1}
    - name: bag
      title: {zh-Hans: 帆布袋, zh-Hant: 帆布袋, en: Canvas bag}
      kind: points_item
      skus:
        - {name: one, points: 300, stock: 5}
  group_buys:
    - {name: tea-2, item: tea/one, size: 2, window: 24h, price: 79}
    - {name: tea-quick, item: tea/one, size: 5, window: ${short}s, price: 69}
  coupons:
    - {code: TEN, title: {zh-Hans: 减十元, zh-Hant: 減十元, en: Ten off}, off: 10}

circles:
`;

let server;
before(async () => { server = await start({ edits: [['\ncircles:\n', `\n${shop}`]] }); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

// known gives a phone whose holder is known here.
async function known(how = {}) {
  const p = await newPhone(server, how);
  await visit(p, '/e/talk');
  await press(p, 'arrive');
  return p;
}

// address fills in where things go.
async function address(p) {
  for (const [name, value] of Object.entries({ name: '王小雨', phone: '13800000000', region: '福建省福鼎市', street: '太姥山路 1 号' })) {
    await p.page.locator(`form[action$="/address"] input[name=${name}]`).fill(value);
  }
  await click(p, 'form[action$="/address"]:has(input[name=street]) button');
}

// pay pays the order that the phone shows, and waits until it is more than paid.
async function pay(p) {
  await click(p, 'form[action$="/pay"] button');
  await click(p, 'form:not(:has(input[name=how])) button');
  await p.page.waitForFunction(() => !document.querySelector('[data-refresh]'));
}

const words = (p) => p.page.locator('main').innerText();

for (const [lang, script] of [['zh-Hans', true], ['en', false], ['zh-Hant', true]]) {
  test(`from the shop to the parcel in ${lang}${script ? '' : ', without JavaScript'}`, async () => {
    const stranger = await newPhone(server, { lang, script });
    const see = script ? look : async () => {};
    await visit(stranger, '/shop');
    await see(stranger, '70-shop');
    await visit(stranger, '/shop/tea');
    await see(stranger, '71-product-stranger');
    assert.equal(await stranger.page.locator('form[action$="/buy"]').count(), 0, 'a stranger signs up first');
    assert.ok(Buffer.byteLength(await stranger.page.content()) < 20_000, 'the page is small');
    await stranger.done();

    const p = await known({ lang, script });
    await visit(p, '/me');
    await click(p, 'a[href$="/shop"]');
    await click(p, 'a[href$="/shop/tea"]');
    assert.ok(await p.page.locator('input[value=box]').isDisabled(), 'what is sold out can’t be chosen');
    await p.page.fill('input[name=qty]', '2');
    await p.page.click('summary');
    await p.page.fill('input[name=coupon]', 'ten');
    await see(p, '72-product');
    await click(p, 'form[action$="/buy"] button');
    const order = here(p);
    assert.match(await words(p), /¥190\.00/);
    assert.equal(await p.page.locator('form[action$="/pay"]').count(), 0, 'first it is said where it goes');
    await see(p, '73-order-address');
    await address(p);
    await see(p, '74-order-to-pay');
    await click(p, 'form[action$="/pay"] button');
    await click(p, 'form:not(:has(input[name=how])) button');
    for (let i = 0; i < 20 && !/待发货|待出貨|To be sent/.test(await words(p)); i++) {
      await p.page.waitForTimeout(300);
      await p.page.goto(new URL(order, p.server.base).href);
    }
    assert.match(await p.page.textContent('h1'), /待发货|待出貨|To be sent/);
    await see(p, '75-order-to-send');
    await visit(p, '/me/orders');
    await see(p, '76-orders');
    await click(p, `a[href$="${order}"]`);
    await p.page.locator('details:has(textarea) summary').click();
    await p.page.fill('textarea', '想问什么时候发货');
    await click(p, 'form[action$="/ask"] button');
    await see(p, '77-asked');
    assert.equal(await p.page.locator('textarea').count(), 0, 'staff is asked once at a time');
    await p.done();
  });
}

test('a group of exactly the size gets its price; one more is refused', async () => {
  const [ann, bob, eve] = [await known(), await known({ dark: true }), await known({ lang: 'en' })];
  await visit(ann, '/shop/tea');
  await click(ann, 'form[action$="/offers/tea-2"] button');
  await address(ann);
  await pay(ann);
  assert.match(await ann.page.textContent('h1'), /拼团中/);
  await click(ann, 'a[href*="/group-buys/"]');
  const group = here(ann);
  await look(ann, '78-group-mine');
  await bob.page.goto(new URL(group, server.base).href);
  await look(bob, '79-group-join');
  await click(bob, 'form[action*="/group-buys/"] button');
  await address(bob);
  await pay(bob);
  for (const p of [ann, bob]) {
    await p.page.goto(new URL(group, server.base).href);
    assert.match(await words(p), /2\s*\/\s*2/);
    await click(p, 'a[href*="/orders/"]');
    assert.match(await p.page.textContent('h1'), /待发货/);
  }
  await eve.page.goto(new URL(group, server.base).href);
  assert.equal(await eve.page.locator('form[action*="/group-buys/"]').count(), 0, 'nobody joins what is full');
  await look(eve, '80-group-full');
  for (const p of [ann, bob, eve]) await p.done();
});

test('a group that is short in time gives the money back', async () => {
  const p = await known();
  await visit(p, '/shop/tea');
  await click(p, 'form[action$="/offers/tea-quick"] button');
  const order = here(p);
  await address(p);
  await pay(p);
  for (let i = 0; i < short + 20 && !/已退款/.test(await p.page.textContent('h1')); i++) {
    await p.page.waitForTimeout(1000);
    await p.page.goto(new URL(order, p.server.base).href);
  }
  assert.match(await words(p), /没有凑齐人数[\s\S]*¥69\.00/);
  await look(p, '81-group-failed');
  await p.done();
});

test('what is sold out, kept, or too dear in points says why', async () => {
  const [p, q] = [await known(), await known({ lang: 'en' })];
  p.allow(409);
  await visit(p, '/shop/mug');
  await click(p, 'form[action$="/buy"] button');
  await visit(q, '/shop/mug');
  assert.match(await words(q), /kept for orders that are not paid/);
  await look(q, '82-kept');
  await address(p);
  await pay(p);
  await visit(q, '/shop/mug');
  assert.match(await words(q), /Sold out/);
  await visit(p, '/shop/bag');
  await click(p, 'form[action$="/buy"] button');
  assert.match(await words(p), /需要 300 积分，现有 0/);
  await look(p, '83-few-points');
  await visit(p, '/me/points');
  await look(p, '84-points');
  for (const x of [p, q]) await x.done();
});
