// An open class for somebody else's audience: declared a placement at the desk, its link scanned, followed on a phone to the tickets that
// are for them alone, and counted on the event and among placements (E9, G7).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newDesk, scan } from './lib/console.mjs';
import { look } from './lib/look.mjs';
import { askCode, click, closeBrowser, newPhone, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
before(async () => { server = await start({ book: 'academy' }); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

const words = {
  'zh-Hans': { set: '设为投放', save: '保存', audience: '老王的读者', free: '免费', link: '直达活动', event: '一场活动' },
  en: { set: 'Make it a placement', save: 'Save', audience: 'Readers of Wang', free: 'Free', link: 'straight to the event', event: 'An event' },
};

for (const [lang, say] of Object.entries(words)) {
  test(`an open class for somebody's readers, in ${lang}`, async () => {
    const desk = await newDesk(server, { lang, community: 'academy' });
    const { page } = desk;
    await desk.context.addInitScript((l) => localStorage.setItem('qunce.language', l), lang);
    await desk.signIn();
    await desk.write('POST', '/sources', { name: `读者群 ${lang}`, kind: 'person' });
    const title = { 'zh-Hans': `公开课（${lang}）`, en: `Open class (${lang})` };
    const event = await desk.write('POST', '/events', { template: 'open', title, starts: new Date(Date.now() + 7_200_000).toISOString() });
    const other = await newPhone(server, { lang });

    desk.allow(404); // it is no placement yet
    await desk.open(`/events/${event.id}/placement`);
    await desk.named('button', say.set).click();
    const form = page.getByRole('dialog');
    await form.locator('#source').click();
    await page.locator('.ant-select-item-option', { hasText: `读者群 ${lang}` }).click();
    await form.locator('#name').fill(say.audience);
    await form.locator('#cost').fill('500');
    await form.locator('#places').fill('1');
    await form.locator('button[type=submit]').click();
    await form.waitFor({ state: 'hidden' });
    await page.getByText(say.link).waitFor();
    const { entry } = await desk.api(`/events/${event.id}/placement`);
    assert.equal(await scan(page.locator('main img').first()), entry.url, 'the code leads elsewhere than the link');

    // Who comes to the event by another way is not shown what is for the audience alone.
    await visit(other, `/events/${event.code}`);
    assert.doesNotMatch(await other.page.locator('main').innerText(), new RegExp(say.audience));
    await other.done();

    const ann = await newPhone(server, { lang });
    await visit(ann, `/e/${entry.code}`);
    assert.match(await ann.page.locator('main').innerText(), new RegExp(`${say.audience}[\\s\\S]*${say.free}`));
    await look(ann, `92-audience-${lang}`);
    await click(ann, 'a.button[href*="/sign-up"]');
    await ann.page.fill('input[name=code]', await askCode(ann));
    await ann.page.check('input[name=consent][value=service]');
    await click(ann, 'form[data-form] p.field > button.button');
    assert.ok(ann.page.url().endsWith(`/e/${entry.code}`), `signing up leads to ${ann.page.url()}`);
    await click(ann, 'form:has(input[name=type][value=audience]) button');
    await look(ann, `93-audience-ticket-${lang}`);
    await ann.done();

    for (let i = 0; (await desk.api(`/events/${event.id}/placement`)).contacts !== 1; i++) {
      assert.ok(i < 50, 'a lead is not counted after ten seconds');
      await page.waitForTimeout(200);
    }
    const { opened, came, tickets, attended, cost, seats } = await desk.api(`/events/${event.id}/placement`);
    assert.deepEqual({ opened, came, tickets, attended, cost, taken: seats.taken }, { opened: 1, came: 1, tickets: 1, attended: 0, cost: 50_000, taken: 1 });
    await page.reload();
    await page.locator('main').getByText('−¥500.00').first().waitFor();
    await desk.looks(`console-placement-${lang}`);
    await desk.open('/growth/placements');
    const row = page.locator('tbody tr', { hasText: say.audience });
    await row.locator('a', { hasText: say.event }).click();
    await page.waitForURL(new RegExp(`events/${event.id}/placement$`));
    desk.calm();
    await desk.done();
  });
}
