// A member gets a ticket, gives one to a friend, and both are let in at the door once (E1, E2, E4, E5, E6).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import ICAL from 'ical.js';
import { newDesk, scan } from './lib/console.mjs';
import { look } from './lib/look.mjs';
import { askCode, buy, click, closeBrowser, enrol, heading, here, narrow, newPhone, visit, wide } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let staff;
before(async () => {
  server = await start({ book: 'operators' });
  staff = await newDesk(server, { community: 'operators', viewport: narrow });
  await staff.signIn();
});
after(async () => {
  await closeBrowser();
  await server.stop();
});

const goto = (p, path) => p.page.goto(new URL(path, p.server.base).href);

const from = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const plan = (template, title, rest = {}) => staff.write('POST', '/events', { template, title, starts: from(180), city: '上海', place: '徐汇图书馆 3 楼', ...rest });
const title = { 'zh-Hans': '增长专场；第一场，很长的标题也要排得下', en: 'Growth, part one: a title that is long, and wraps' };
const about = { 'zh-Hans': '三位主理人讲各自的增长。\n每人二十分钟，之后提问。', en: 'Three hosts on how they grew.\nTwenty minutes each, then questions.' };

// joins makes the phone's owner a member.
async function joins(p, name) {
  await visit(p, '/e/join');
  await enrol(p, name);
  await buy(p);
}

// claims takes a friend's ticket as somebody new, and gives the ticket's code.
async function claims(p, link, see = async () => {}) {
  await goto(p, new URL(link).pathname);
  await see(p, '64-gift');
  const code = await askCode(p);
  await see(p, '65-gift-code');
  await p.page.fill('input[name=code]', code);
  await p.page.fill('input[name=nickname]', '小客');
  await p.page.check('input[name=consent][value=service]');
  await click(p, 'form[data-form] p.field > button.button');
  assert.match(here(p), /\/tickets\/[0-9a-z]{20}$/);
  await see(p, '66-guest-ticket');
  return p.page.locator('.code').innerText();
}

for (const [lang, script, viewport] of [['zh-Hans', true, narrow], ['en', true, wide], ['zh-Hant', false, narrow]]) {
  test(`a member brings a friend in ${lang}${script ? '' : ', without JavaScript'}`, async () => {
    const see = script ? look : async () => {};
    const event = await plan('session', title, { about });
    const ann = await newPhone(server, { lang, script, viewport });
    await visit(ann, `/events/${event.code}`);
    await see(ann, '60-event-stranger');
    await joins(ann, '林一');
    await visit(ann, '/events');
    await see(ann, '61-events');
    await visit(ann, `/events/${event.code}`);
    await see(ann, '62-event');
    await click(ann, 'form[action$="/claim"] button');
    const ticket = here(ann);
    await see(ann, '63-ticket');
    const code = (await ann.page.locator('.code').innerText()).replace(/\s/g, '');
    if (script) assert.equal(await scan(ann.page.locator('.qr')), code, 'what a camera reads off the ticket');
    await visit(ann, `/events/${event.code}`);
    await click(ann, 'form[action$="/give"] button');
    await see(ann, '63-gifts');
    const link = await ann.page.locator('.gifts input[readonly]').inputValue();

    const bob = await newPhone(server, { lang, script, viewport });
    const his = await claims(bob, link, see);
    await visit(ann, `/events/${event.code}`);
    assert.equal(await ann.page.locator('.gifts input[readonly]').count(), 0, 'the link is used up');
    await visit(ann, '/me');
    await see(ann, '67-home');

    await goto(staff, `/operators/door/${event.code}`);
    if (lang === 'zh-Hans') await look(staff, '68-door');
    const check = async (code, want) => {
      await staff.page.fill('#typed input[name=code]', code);
      await staff.page.keyboard.press('Enter');
      await staff.page.locator(`#result.${want}`).waitFor();
      return staff.page.locator('#result').innerText();
    };
    assert.match(await check(code, 'good'), /请进\s+林一/);
    if (lang === 'zh-Hans') await look(staff, '69-door-in');
    await check(his, 'good');
    assert.match(await check(code, 'bad'), /第二次扫码\s+\d\d:\d\d 已入场/);
    if (lang === 'zh-Hans') await look(staff, '70-door-again');
    await staff.page.locator('#counts', { hasText: '2 / 2' }).waitFor();
    staff.calm();

    await staff.write('PATCH', `/events/${event.id}`, { starts: from(-120), ends: from(-1) });
    await goto(ann, ticket);
    await see(ann, '71-survey');
    await ann.page.locator('input[name=score][value="9"]').check({ force: true });
    await ann.page.check('input[name=event]');
    await ann.page.fill('textarea', '很有收获');
    await click(ann, 'form[action$="/answer"] button');
    await see(ann, '72-thanks');
    assert.equal((await staff.write('GET', `/events/${event.id}`)).result.nps, 100);
    assert.ok(await heading(ann));
    await ann.done();
    await bob.done();
  });
}

for (const [lang, viewport] of [['zh-Hans', narrow], ['en', wide]]) {
  test(`a full house, and the line for it, in ${lang}`, async () => {
    const event = await plan('salon', title, { about, capacity: 1 });
    const ann = await newPhone(server, { lang, viewport });
    await joins(ann, '林一');
    await visit(ann, `/events/${event.code}`);
    await click(ann, 'form[action$="/claim"] button');
    const ticket = here(ann);

    const bob = await newPhone(server, { lang, viewport });
    bob.allow(410); // the friend ticket that was taken back
    let bytes = 0;
    const parts = [];
    bob.page.on('response', (r) => parts.push(r.body().then((b) => { bytes += b.length; }, () => {})));
    await visit(bob, `/events/${event.code}`);
    await bob.page.waitForLoadState('networkidle');
    await Promise.all(parts);
    assert.ok(parts.length >= 3 && bytes <= 100 * 1024, `the first view weighs ${bytes} bytes`);
    await look(bob, '76-full-stranger');
    await click(bob, 'a.button[href*="/sign-up"]');
    await look(bob, '77-sign-up');
    const code = await askCode(bob);
    await bob.page.fill('input[name=code]', code);
    await bob.page.check('input[name=consent][value=service]');
    await click(bob, 'form[data-form] p.field > button.button');
    assert.equal(here(bob), `/operators/events/${event.code}`);
    await look(bob, '78-full');
    await click(bob, 'form[action$="/wait"] button');
    assert.equal(await bob.page.textContent('.figure'), '1');
    await look(bob, '79-line');

    await goto(ann, ticket);
    await ann.page.click('summary');
    await click(ann, 'form[action$="/return"] button');
    await look(ann, '80-returned');
    for (let i = 0; i < 50 && !(await bob.page.locator('form[action$="/buy"]').count()); i++) {
      await bob.page.waitForTimeout(200);
      await bob.page.reload();
    }
    await look(bob, '81-offer');
    await click(bob, 'form[action$="/buy"] button');
    await look(bob, '82-order');
    await visit(bob, '/me');
    await look(bob, '83-home-held');

    const session = await plan('session', title);
    await visit(ann, `/events/${session.code}`);
    await click(ann, 'form[action$="/give"] button');
    const link = await ann.page.locator('.gifts input[readonly]').inputValue();
    await click(ann, 'form[action$="/take-back"] button');
    await goto(bob, new URL(link).pathname);
    await look(bob, '84-gift-returned');
    await ann.done();
    await bob.done();
  });
}

test('scans without a network are kept, sent later, and double entries are listed', async () => {
  const event = await plan('session', title);
  const ann = await newPhone(server);
  await joins(ann, '王二');
  await visit(ann, `/events/${event.code}`);
  await click(ann, 'form[action$="/claim"] button');
  const code = (await ann.page.locator('.code').innerText()).replace(/\s/g, '');
  await ann.done();
  const phone = await newPhone(server); // another one at the same door
  await phone.context.addCookies(await staff.context.cookies());
  const other = phone.page;
  const second = await staff.context.newPage(); // both pages of one phone send what it keeps, each scan once
  for (const page of [staff.page, second, other]) await page.goto(new URL(`/operators/door/${event.code}`, server.base).href);
  const check = async (page, code, want) => {
    await page.fill('#typed input[name=code]', code);
    await page.keyboard.press('Enter');
    await page.locator(`#result.${want}`).waitFor();
    return page.locator('#result').innerText();
  };
  assert.match(await check(other, code, 'good'), /请进/);

  await staff.context.setOffline(true);
  assert.match(await check(staff.page, code, 'warn'), /没有网络，已记下/);
  await staff.page.locator('#waiting', { hasText: '1' }).waitFor();
  await look(staff, '73-door-offline');
  assert.match(await check(staff.page, code, 'bad'), /第二次扫码\s+这台手机 \d+:\d\d 扫过/);
  await staff.page.locator('#waiting', { hasText: '2' }).waitFor();
  await staff.context.setOffline(false);
  await staff.page.locator('#waiting').waitFor({ state: 'hidden' });
  await staff.page.locator('#counts', { hasText: '首次' }).waitFor();
  await look(staff, '74-door-double');
  const scans = (await staff.write('GET', `/events/${event.id}/scans`)).items.map((x) => `${x.result} ${x.offline}`);
  assert.deepEqual(scans, ['already false', 'double true', 'admitted false']);
  staff.calm();
  await second.close();

  // A scan whose answer is lost is asked again as it was: what had let in stays one entry.
  const lost = await plan('session', title);
  await goto(staff, `/operators/door/${lost.code}`);
  await staff.page.route('**/door/*', async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await check(staff.page, code, 'warn');
  await staff.page.locator('#waiting').waitFor({ state: 'hidden' });
  staff.complaints.length = 0; // of the answer that was lost
  assert.equal((await staff.write('GET', `/events/${lost.id}/scans`)).items.length, 1);
  await phone.done();
});

test('a calendar takes the file of an event', async () => {
  const event = await plan('salon', title, { about });
  const p = await newPhone(server);
  await visit(p, '/events');
  const read = async () => {
    const [type, text] = await p.page.evaluate(async (url) => {
      const r = await fetch(url);
      return [r.headers.get('content-type'), await r.text()];
    }, `/operators/events/${event.code}.ics`);
    assert.match(type, /^text\/calendar; charset=utf-8/);
    const all = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
    assert.equal(all.length, 1);
    return new ICAL.Event(all[0]);
  };
  const e = await read();
  assert.equal(e.summary, title['zh-Hans']);
  assert.equal(e.description, about['zh-Hans']);
  assert.equal(e.location, '上海 徐汇图书馆 3 楼');
  assert.equal(e.startDate.toJSDate().getTime(), Math.trunc(Date.parse(event.starts) / 1000) * 1000);
  assert.equal(e.endDate.toJSDate() - e.startDate.toJSDate(), 3 * 3600_000);
  assert.equal(e.component.getFirstPropertyValue('url'), `${server.base}/events/${event.code}`);
  assert.equal(e.sequence, 0);
  await staff.write('POST', `/events/${event.id}/cancel`);
  const off = await read();
  assert.equal(off.uid, e.uid);
  assert.ok(off.sequence > e.sequence, 'a calendar that has it takes the change');
  assert.equal(off.component.getFirstPropertyValue('status'), 'CANCELLED');
  await visit(p, `/events/${event.code}`);
  await look(p, '75-cancelled');
  await p.done();
});
