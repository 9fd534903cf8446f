// An open class sells: who came is offered the membership for less, and the console tells how many of those who came have bought
// (E8, S6).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { look } from './lib/look.mjs';
import { askCode, click, closeBrowser, here, newPhone, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let desk;
let host;
before(async () => {
  server = await start({ book: 'academy' });
  desk = await newDesk(server, { community: 'academy' });
  await desk.signIn();
  host = (await desk.api('/people?limit=1')).items[0].id;
});
after(async () => {
  await closeBrowser();
  await server.stop();
});

const from = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();

for (const lang of ['zh-Hans', 'en']) {
  test(`who came to an open class buys by its offer, in ${lang}`, async () => {
    const title = { 'zh-Hans': `公开课：从一到一百（${lang}）`, en: `Open class: from one to a hundred (${lang})` };
    const event = await desk.write('POST', '/events', { template: 'open', title, host, starts: from(120) });
    const ann = await newPhone(server, { lang });
    await visit(ann, `/events/${event.code}`);
    await click(ann, 'a.button[href*="/sign-up"]');
    await ann.page.fill('input[name=code]', await askCode(ann));
    await ann.page.check('input[name=consent][value=service]');
    await click(ann, 'form[data-form] p.field > button.button');
    await click(ann, 'form[action$="/claim"] button');
    await visit(ann, `/events/${event.code}`);
    assert.equal(await ann.page.locator('input[name=from]').count(), 0, 'the offer stands before the class');
    await desk.write('PATCH', `/events/${event.id}`, { starts: from(-60), ends: from(60) });
    await visit(ann, `/events/${event.code}`);
    await look(ann, '90-offer');
    await click(ann, 'form:has(input[name=from]) button');
    assert.match(await ann.page.locator('main').innerText(), /300\.00/, 'what the offer takes off');
    await look(ann, '91-offer-order');
    const order = here(ann).split('/').at(-1);
    await click(ann, 'form[action$="/pay"] button');
    await click(ann, 'form:not(:has(input[name=how])) button');
    for (let i = 0; (await desk.api(`/orders/${order}`)).state !== 'fulfilled'; i++) {
      assert.ok(i < 50, 'what was paid for is not there after ten seconds');
      await desk.page.waitForTimeout(200);
    }
    await ann.done();

    const { page } = desk;
    await desk.open(`/events/${event.id}/sale`);
    await page.locator('main').getByText('¥3,300.00').waitFor();
    await desk.looks(`console-sale-${lang}`);
    await page.locator('main a', { hasText: '¥3,300.00' }).click();
    await page.waitForURL(/shop\/orders\?f\.origin=event/);
    await page.locator(`tbody a[href$="${order}"]`).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 1, 'orders that this class led to');
    desk.calm();
  });
}

test('what lecturers have sold', async () => {
  const { page } = desk;
  await desk.open('/events/lecturers');
  await page.locator('tbody').getByText('¥6,600.00').first().waitFor();
  await desk.looks('console-lecturers');
  desk.calm();
});
