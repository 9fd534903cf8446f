// The shop in the console: a product is put on sale, bought on the phone, sent, complained of and paid back; coupons, group-buys and
// what a supplier is owed stand where they belong (S1, S4).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible } from './lib/look.mjs';
import { click, closeBrowser, here, newPhone, signUp, someone, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
let buyer;
before(async () => {
  server = await start();
  desk = await newDesk(server);
  await desk.signIn();
  await desk.secondStep();
  buyer = await newPhone(server);
  await signUp(buyer, { ...someone(), nickname: '小雨' });
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

const row = (words) => desk.page.locator('tbody tr', { hasText: words });

test('every page of a shop in which nothing was done says what to do first', async () => {
  for (const [path, words] of [
    ['', '还没有商品'], ['/ladder', '没有在售的，缺这一级'], ['/orders', '还没有订单'], ['/groups', '还没有拼团方案'], ['/coupons', '还没有优惠券'], ['/shipments', '没有这样的货'], ['/after-sale', '没有这样的售后'], ['/suppliers', '还没有供应商'],
  ]) {
    await desk.open(`/shop${path}`);
    await desk.page.locator('main', { hasText: words }).waitFor();
    await accessible(desk, `console-shop-empty${path.replace('/', '-')}`);
  }
  desk.calm();
});

test('a product is put on sale, its stock counted, its price changed by who is not too late', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.open('/shop');
  await desk.named('button', '添加商品').first().click();
  await dialog.getByLabel('名称', { exact: true }).fill('高山茶');
  await dialog.getByLabel('代号', { exact: true }).fill('tea');
  await dialog.getByLabel('供应商').fill('farm');
  await dialog.getByLabel('几天内可自己退').fill('7');
  await dialog.getByLabel('规格代号').fill('box');
  await dialog.getByLabel('规格名称').fill('一盒');
  await dialog.getByLabel('价格').fill('59.999');
  await dialog.getByRole('button', { name: '添加商品' }).click();
  await dialog.locator('.ant-form-item-explain-error').first().waitFor();
  await dialog.getByLabel('价格').fill('59');
  await dialog.getByLabel('成本').fill('30.50');
  await dialog.getByLabel('库存').fill('3');
  await accessible(desk, 'console-shop-add');
  await dialog.getByRole('button', { name: '添加商品' }).click();
  await page.locator('h1', { hasText: '高山茶' }).waitFor();
  assert.match(await row('一盒').textContent(), /¥59\.00.*¥30\.50.*300/);
  await row('一盒').getByRole('button', { name: '调库存' }).click();
  await dialog.getByLabel('增减多少').fill('-1');
  await dialog.locator('text=调整后剩 2 件').waitFor();
  await dialog.getByRole('button', { name: '调库存' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await desk.api('/products/tea')).stock[0].left, 2);
  await desk.looks('console-shop-product');

  await desk.named('button', '修改').click();
  await dialog.getByLabel('价格').fill('49');
  const { name, title, kind, supplier, skus, return: days } = await desk.api('/products/tea');
  await desk.write('PUT', '/products/tea', { name, title: { ...title, en: 'Mountain tea' }, kind, supplier, return: days, skus: skus.map(({ stock, ...sku }) => sku) });
  desk.allow(412);
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByRole('alert').first().waitFor();
  assert.equal((await desk.api('/products/tea')).skus[0].price, 5900, 'who was slower changes nothing');
  await page.keyboard.press('Escape');
  await desk.named('button', '下架').click();
  await page.locator('header', { hasText: '已下架' }).first().waitFor();
  await desk.named('button', '重新上架').click();
  await page.locator('header', { hasText: '在售' }).first().waitFor();
  await desk.open('/shop');
  assert.match(await row('高山茶').textContent(), /实物¥59\.00200¥0\.00farm在售/);
  await desk.looks('console-shop');
  await desk.open('/shop/ladder');
  assert.match(await row('高山茶').textContent(), /低价高山茶商品¥59\.00¥59\.00/);
  assert.match(await row('高价').textContent(), /没有在售的，缺这一级/);
  await desk.looks('console-shop-ladder');
  desk.calm();
});

test('a coupon is made; an order that uses it is led to from how often it was used; what was paid waits to be sent', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.open('/shop/coupons');
  await desk.named('button', '添加优惠券').first().click();
  await dialog.getByLabel('优惠券').fill('spring-9');
  await dialog.getByLabel('名称').fill('春天');
  await dialog.getByLabel('优惠', { exact: true }).fill('9');
  await dialog.getByLabel('总张数').fill('5');
  await accessible(desk, 'console-shop-coupon-add');
  await dialog.getByRole('button', { name: '添加优惠券' }).click();
  await row('SPRING-9').waitFor();

  const { items } = await desk.api('/people?q=%E5%B0%8F%E9%9B%A8');
  const order = await desk.write('POST', '/orders', { person: items[0].id, coupon: 'spring-9', items: [{ kind: 'goods', item: 'tea/box', qty: 1 }] });
  assert.equal(order.amount, 5000);
  await desk.write('POST', `/orders/${order.id}/confirm`, { amount: 5000, ref: 'x1' });
  await page.reload();
  assert.match(await row('SPRING-9').textContent(), /减 ?¥9\.00.*1 \/ 5/);
  await desk.looks('console-shop-coupons');
  await row('SPRING-9').getByRole('link', { name: '1' }).click();
  await row('高山茶').waitFor();
  assert.match(await row('高山茶').textContent(), /SPRING-9/);
  await desk.looks('console-shop-orders');

  await desk.open('/shop/shipments');
  await row('高山茶').locator('text=还没填地址').waitFor();
  assert.ok(await row('高山茶').getByRole('button', { name: '发货' }).isDisabled(), 'nothing is sent nowhere');
  await visit(buyer, `/orders/${order.id}`);
  await buyer.page.fill('input[name=name]', '王小雨');
  await buyer.page.fill('input[name=phone]', '13800138000');
  await buyer.page.fill('[name=region]', '上海市徐汇区');
  await buyer.page.fill('[name=street]', '淮海中路 1 号');
  await click(buyer, 'form:has([name=street]) button.button');
  await page.reload();
  await row('高山茶').getByRole('button', { name: '查看地址' }).click();
  await dialog.getByRole('button', { name: '查看地址' }).click();
  await dialog.locator('text=淮海中路 1 号').waitFor();
  await page.keyboard.press('Escape');
  await row('高山茶').getByRole('button', { name: '发货' }).click();
  await dialog.getByLabel('快递公司').fill('顺丰');
  await dialog.getByLabel('快递单号').fill('SF100');
  await accessible(desk, 'console-shop-send');
  await dialog.getByRole('button', { name: '发货' }).click();
  await dialog.waitFor({ state: 'detached' });
  await desk.open('/shop/shipments?seg=sent');
  assert.match(await row('高山茶').textContent(), /顺丰 ?SF100/);
  await desk.looks('console-shop-shipments');
  desk.calm();
});

test('a buyer who is not content gets the money back; a supplier is owed the cost of what was sent, and paid', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  const order = (await desk.api('/orders?product=goods:tea')).items[0];
  await visit(buyer, `/orders/${order.id}`);
  await buyer.page.locator('details:has(textarea[name=words]) summary').click();
  await buyer.page.fill('textarea[name=words]', '盒子是破的');
  await click(buyer, 'form[action$="/ask"] button');
  await desk.open('/shop/after-sale');
  await row('盒子是破的').waitFor();
  await desk.looks('console-shop-after-sale');
  await row('盒子是破的').getByRole('button', { name: '答复' }).click();
  await dialog.getByLabel('退款').check();
  await dialog.getByLabel('写给买家的话').fill('对不起，钱退给你');
  await accessible(desk, 'console-shop-answer');
  await dialog.getByRole('button', { name: '答复' }).click();
  await dialog.waitFor({ state: 'detached' });
  await desk.open('/shop/after-sale?seg=finished');
  await row('盒子是破的').locator('text=退款').waitFor();

  await desk.open('/shop/suppliers');
  await row('farm').getByRole('link', { name: '¥30.50' }).click();
  await page.locator('tbody tr', { hasText: '高山茶' }).waitFor();
  await desk.named('button', '记一笔付款').click();
  await dialog.getByLabel('付了多少').fill('30.50');
  await dialog.getByLabel('流水号').fill('B-7');
  await dialog.getByRole('button', { name: '记一笔付款' }).click();
  await row('B-7').waitFor();
  assert.match(await row('B-7').textContent(), /−¥30\.50¥0\.00/);
  await desk.looks('console-shop-statement');
  desk.calm();
});

test('a group-buy is offered and started; who looks at it sees how many are missing', async () => {
  const { page } = desk;
  const dialog = page.getByRole('dialog');
  await desk.open('/shop/groups');
  await desk.named('button', '添加拼团方案').click();
  await dialog.getByLabel('商品').click();
  await page.locator('.ant-select-item-option', { hasText: '高山茶 · 一盒' }).click();
  await dialog.getByLabel('代号').fill('tea-2');
  await dialog.getByLabel('几人成团').fill('2');
  await dialog.getByLabel('拼团价').fill('39');
  await accessible(desk, 'console-shop-offer-add');
  await dialog.getByRole('button', { name: '添加拼团方案' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row('tea-2').getByRole('button', { name: '开一个团' }).click();
  const group = row('进行中');
  assert.match(await group.textContent(), /高山茶 · 一盒.*0 \/ 2.*¥39\.00.*工作人员/);
  await desk.looks('console-shop-groups');
  await group.getByRole('link').first().click();
  await page.locator('h1', { hasText: '高山茶 · 一盒' }).waitFor();
  await page.locator('text=还没有人入团').waitFor();
  assert.match(here(desk), /\/shop\/groups\/[0-9a-z]{20}$/);
  await desk.looks('console-shop-group');
  desk.calm();
});
