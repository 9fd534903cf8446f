// Companies: a contact buys for the company and invites on the phone; staff sees to its people, places, invoices and owner in the
// console (P10, M5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { accessible, look } from './lib/look.mjs';
import { askCode, click, closeBrowser, enrol, newPhone, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
let firm; // the demo's company, of whose places three of five are taken
before(async () => {
  server = await start({ book: 'operators' });
  desk = await newDesk(server, { community: 'operators' });
  await desk.signIn();
  await desk.secondStep();
  [firm] = (await desk.api('/organisations')).items;
});
after(async () => {
  await desk?.context.close();
  await closeBrowser();
  await server.stop();
});

const row = (part, text) => desk.part(part).locator('li', { hasText: text });
const dialog = () => desk.page.getByRole('dialog');

// signsUp takes a place as somebody whom the community doesn't know yet.
async function signsUp(p, name) {
  const code = await askCode(p);
  await p.page.fill('input[name=code]', code);
  await p.page.fill('input[name=nickname]', name);
  await p.page.check('input[name=consent][value=service]');
  await click(p, 'form[action$="/take"] button.button:not([formaction])');
}

const options = () => desk.page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option');

test('the list leads to a company; an invitation from there is taken on a phone, and taken back', async () => {
  const { page } = desk;
  await desk.open('/members/companies');
  const line = page.locator('tbody tr', { hasText: firm.name });
  await line.getByText('3 / 5').waitFor();
  await line.getByText('企业会员').waitFor();
  await desk.looks('console-companies');
  await line.getByRole('link', { name: firm.name }).click();
  await row('成员', '联系人').first().waitFor();
  await desk.looks('console-company');

  await desk.named('button', '邀请同事').click();
  await desk.named('button', '生成链接').click();
  const link = await dialog().locator('code').textContent();
  await accessible(desk, 'console-company-invite');
  await dialog().getByText('关闭').click();
  await row('同事名额', '已邀请').waitFor();

  const p = await newPhone(server);
  await p.page.goto(link);
  await look(p, '60-colleague');
  await signsUp(p, '小何');
  await p.page.locator('h1', { hasText: firm.name }).waitFor();
  await look(p, '61-company-colleague');
  await visit(p, '/me/card');
  await look(p, '62-card');
  assert.equal(await p.page.locator('.qr svg').count(), 1);

  await page.reload();
  await row('成员', '小何').waitFor();
  await row('同事名额', '小何').getByText('收回名额').click();
  await dialog().getByText('小何会失去').waitFor();
  await dialog().getByRole('button', { name: '收回名额' }).click();
  await row('同事名额', '小何').waitFor({ state: 'detached' });
  await row('成员', '小何').waitFor({ state: 'detached' });
  await desk.part('同事名额').locator('summary').click();
  await row('同事名额', '小何').getByText('被收回').waitFor();
  await visit(p, '/me/card');
  assert.equal(await p.page.locator('.qr svg').count(), 0, 'a card goes with the place');
  await p.done();
  desk.calm();
});

test('people, owner and invoice data are changed; the last contact stays one', async () => {
  const { page } = desk;
  await desk.open(`/members/companies/${firm.id}`);
  const contact = desk.part('成员').locator('li', { hasText: '联系人' });
  await contact.getByRole('combobox').click();
  desk.allow(409);
  await options().filter({ hasText: '财务' }).click();
  await contact.getByText('公司').waitFor();
  await desk.named('button', '修改公司').click();
  await dialog().getByLabel('负责人').click();
  await options().first().click();
  await accessible(desk, 'console-company-edit');
  await dialog().locator('button[type=submit]').click();
  await dialog().waitFor({ state: 'detached' });
  assert.ok((await desk.api(`/organisations/${firm.id}`)).owner, 'somebody looks after it');

  await desk.part('发票资料').getByRole('button', { name: /修\s*改/ }).click();
  await page.getByLabel('账号').fill('6222000000001234');
  await accessible(desk, 'console-company-invoice');
  await dialog().locator('button[type=submit]').click();
  await desk.part('发票资料').getByText('****1234').waitFor();
  await desk.part('发票资料').getByText('f**@example.com').waitFor();
  await desk.named('button', '查看全部').click();
  await dialog().getByLabel('核对资料').check();
  await dialog().getByRole('button', { name: /查\s*看/ }).click();
  await desk.part('发票资料').getByText('6222000000001234').waitFor();
  await desk.part('发票资料').getByText('finance@example.com').waitFor();
  const [entry] = (await desk.api('/audit?action=organisation.reveal')).items;
  assert.equal(entry.detail.reason, 'check');
  desk.calm();
});

test('a company that is noted here has a contact and nothing else; an order for it is the contact’s', async () => {
  const { page } = desk;
  const [person] = (await desk.api('/people?limit=1')).items;
  const made = await desk.write('POST', '/organisations', { name: '二号公司', contact: person.id });
  await desk.open(`/members/companies/${made.id}`);
  await page.getByText('公司买下含名额的会员后，可以邀请同事。').first().waitFor();
  await desk.looks('console-company-bare');
  await desk.named('button', '替公司下单').click();
  await dialog().getByRole('combobox').click();
  const offers = options();
  await offers.first().waitFor();
  assert.equal(await offers.count(), 1, 'only what has places');
  await offers.first().click();
  await dialog().getByRole('button', { name: /下\s*单/ }).click();
  await page.waitForURL(/money\/orders\//);
  const [order] = (await desk.api(`/orders?organisation=${made.id}`)).items;
  assert.equal(order.person, person.id);
  desk.calm();
});

for (const lang of ['zh-Hans', 'en']) {
  test(`on the phone a contact notes a company, buys for it, invites and keeps its invoice data, in ${lang}`, async () => {
    const p = await newPhone(server, { lang, dark: lang === 'en' });
    await visit(p, '/e/join');
    await enrol(p, '陈老板');
    await visit(p, '/me/companies');
    await look(p, '63-companies');
    await p.page.fill('input[name=name]', '上海三号公司');
    await click(p, 'form p.field button');
    await look(p, '64-company-new');
    const company = p.page.url();
    await click(p, 'form[action$="/buy"] button');
    await click(p, 'form[action$="/pay"] button');
    await click(p, 'form:not(:has(input[name=how])) button');
    await p.page.locator('a.button').first().waitFor();
    await look(p, '65-company-paid');
    await p.page.goto(company);
    await click(p, 'form[action$="/invite"] button');
    await click(p, 'form[action$="/invite"] button');
    assert.equal(await p.page.locator('input[readonly]').count(), 2);
    await look(p, '66-company-contact');
    await p.page.goto(`${company}/invoice`);
    p.allow(422);
    await p.page.fill('input[name=title]', '上海三号公司');
    await p.page.fill('input[name=tax_number]', '12');
    await click(p, 'form p.field button');
    await look(p, '67-invoice-refused');
    await p.page.fill('input[name=tax_number]', '91310000MA1FL00000');
    await click(p, 'form p.field button');
    await p.page.locator('.notice.good').waitFor();
    await look(p, '68-invoice');
    await p.done();
  });
}
