// Tickets are read off by a phone's camera, in a browser that can't read codes by itself, and off a photo where no page has the camera (E4).
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newDesk } from './lib/console.mjs';
import { buy, click, closeBrowser, enrol, here, narrow, newPhone, openBrowser, visit } from './lib/phone.mjs';
import { start } from './lib/server.mjs';

let server;
let dir;
let film;
before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'qunce-camera-'));
  film = path.join(dir, 'seen.y4m');
  server = await start({ book: 'operators' });
  await openBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`]);
});
after(async () => {
  await closeBrowser();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

// shoot puts what a page has as its code before the camera: somewhat tilted, on a grey ground.
async function shoot(p) {
  const [width, height] = [640, 480];
  const grey = await p.page.evaluate(async ([width, height]) => {
    const code = new Image();
    code.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(document.querySelector('.qr svg')))}`;
    await code.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const g = canvas.getContext('2d');
    g.fillStyle = '#aaa';
    g.fillRect(0, 0, width, height);
    g.translate(330, 250);
    g.rotate(0.15);
    g.fillStyle = '#fff';
    g.fillRect(-160, -160, 320, 320);
    g.drawImage(code, -140, -140, 280, 280);
    const { data } = g.getImageData(0, 0, width, height);
    return Array.from({ length: width * height }, (_, i) => data[4 * i]);
  }, [width, height]);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.from(grey), Buffer.alloc((width * height) / 2, 128)]);
  await writeFile(film, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]));
}

test('the camera lets in once; a photo of a code does as well', async () => {
  const staff = await newDesk(server, { community: 'operators', viewport: narrow });
  await staff.signIn();
  const from = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
  const event = await staff.write('POST', '/events', { template: 'session', title: { 'zh-Hans': '增长专场' }, starts: from(180) });
  const ann = await newPhone(server);
  await visit(ann, '/e/join');
  await enrol(ann, '林一');
  await buy(ann);
  await visit(ann, `/events/${event.code}`);
  await click(ann, 'form[action$="/claim"] button');
  assert.match(here(ann), /\/tickets\//);
  await shoot(ann);

  const door = new URL(`/operators/door/${event.code}`, server.base).href;
  await staff.page.goto(door);
  assert.equal(await staff.page.evaluate(() => 'BarcodeDetector' in window), false, 'the browser reads codes by itself: our reader is not tried');
  await staff.page.click('#scan');
  await staff.page.locator('#result.good', { hasText: '林一' }).waitFor();
  await staff.page.locator('#counts', { hasText: '1 / 1' }).waitFor();
  assert.equal(await staff.page.locator('#result.bad').count(), 0, 'what is still before the camera is not a second scan');

  await staff.page.goto(door);
  await staff.page.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('denied')); });
  const chosen = staff.page.waitForEvent('filechooser');
  await staff.page.click('#scan');
  await (await chosen).setFiles({ name: 'photo.png', mimeType: 'image/png', buffer: await ann.page.screenshot({ fullPage: true }) });
  await staff.page.locator('#result.bad', { hasText: '已入场' }).waitFor();
  await staff.page.setInputFiles('#photo', { name: 'photo.png', mimeType: 'image/png', buffer: await staff.page.screenshot() });
  await staff.page.locator('#result.bad', { hasText: '没有认出二维码' }).waitFor();
  staff.calm();
  await ann.done();
});
