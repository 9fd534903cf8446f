// The console in a browser: a desk that an operator sits at, and what is read off it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { accessible, fits } from './look.mjs';
import { narrow, newPhone, wide } from './phone.mjs';

/** The demo's operator. */
export const operator = { email: 'demo@qunce.local', password: 'qunce-demo-2026' };

// newDesk is a browser at the console; what it complains of fails the next calm().
export async function newDesk(server, { community = 'mothers', viewport = wide, ...rest } = {}) {
  const desk = await newPhone(server, { viewport, ...rest });
  const { page } = desk;
  page.on('console', (m) => { if (/Content Security Policy/.test(m.text())) desk.complaints.push(m.text()); });
  desk.address = (rest) => new URL(`/console${rest}`, server.base).href;
  desk.open = (rest) => page.goto(desk.address(`/c/${community}${rest}`));
  desk.named = (role, name) => page.getByRole(role, { name });
  desk.part = (title) => page.locator('section', { has: page.locator('h2', { hasText: title }) });
  // What the console itself would read, in its own session.
  desk.api = (rest) => page.evaluate(async (url) => (await fetch(url)).json(), `/api/v1/communities/${community}${rest}`);
  desk.calm = () => assert.deepEqual(desk.complaints.splice(0), [], 'the browser complained');
  desk.enter = async (who = operator) => {
    await page.fill('input[type=email]', who.email);
    await page.fill('input[type=password]', who.password);
    await page.keyboard.press('Enter');
  };
  desk.signIn = async (who) => {
    desk.allow(401);
    await page.goto(desk.address('/sign-in'));
    await desk.enter(who);
    await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
  };
  // write changes something through the API, in the operator's session, and gives the answer.
  desk.write = async (method, rest, body) => {
    const [status, answer] = await page.evaluate(async ([method, url, body]) => {
      const r = await fetch(url, { method, body: body && JSON.stringify(body), headers: body ? { 'Content-Type': 'application/json' } : {} });
      return [r.status, await r.json()];
    }, [method, `/api/v1/communities/${community}${rest}`, body]);
    assert.ok(status < 300, `${method} ${rest}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  };
  // secondStep sets up the second step of signing in, without which nobody moves money.
  desk.secondStep = async () => {
    await page.goto(desk.address('/account/totp'));
    await desk.named('button', '生成二维码').click();
    const secret = (await page.locator('ol code').first().textContent()).replaceAll(' ', '');
    await page.fill('input[autocomplete=one-time-code]', digits(secret));
    await page.locator('ul code').first().waitFor();
  };
  // looks holds that the page fits a phone and a desk, and that one can use it without seeing it; with QUNCE_SHOTS it is pictured.
  desk.looks = async (name) => {
    await fits(desk, name, [narrow.width, wide.width], Boolean(process.env.QUNCE_SHOTS));
    await accessible(desk, name);
  };
  return desk;
}

// digits are the six of a secret (RFC 6238: SHA-1, 30 s), so many steps from now.
export function digits(secret, steps = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

// scan reads the code in a picture as a phone's camera would: from its pixels.
export async function scan(picture) {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'qunce-scan-'));
  try {
    const file = path.join(dir, 'code.png');
    await writeFile(file, await picture.screenshot());
    return (await promisify(execFile)('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file])).stdout.trim();
  } finally {
    await rm(dir, { recursive: true });
  }
}
