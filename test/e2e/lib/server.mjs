// Starts the real program in demo mode for a test, and ends it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const binary = process.env.QUNCE_BINARY ?? path.join(root, 'bin/qunce');

// A port below the range from which systems give ports to clients.
async function freePort() {
  for (let i = 0; i < 50; i++) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const free = await new Promise((done) => {
      const probe = net.createServer();
      probe.once('error', () => done(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
    });
    if (free) return port;
  }
  throw new Error('no free port between 20000 and 32000');
}

// The doors of the entry "soon" open this long after the program has started, and let in one person every 5 seconds.
export const doorsAfter = 20;

const soon = `  openings:
    - {name: soon, in: ${doorsAfter}s, rate: 12}
    - {name: past, in: 0s, rate: 6000}
`;
const entries = `  entries:
    - {code: soon, title: soon, source: 公众号, path: intake-5, opening: soon, keyword: 妈妈}
    - {code: past, title: past, source: 公众号, path: intake-5, opening: past}
`;

// The shipped playbook with two more entries; edits are [what, by what] pairs, each of which must be found.
async function playbook(dir, edits) {
  let text = await readFile(path.join(root, 'playbooks/mothers.yaml'), 'utf8');
  for (const [from, to] of [['  openings:\n', soon], ['  entries:\n', entries], ...edits]) {
    assert.ok(text.includes(from), `the playbook has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const file = path.join(dir, 'mothers.yaml');
  await writeFile(file, text);
  return file;
}

// start gives the running demo: its base address, what the outbox holds, and stop, which checks that it ended well. It runs
// the mothers' playbook with edits, or another shipped one as it is.
export async function start({ edits = [], book } = {}) {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'qunce-e2e-'));
  const { origin, stop } = await run(dir, /Phone/, ['demo', '--playbook', book ?? await playbook(dir, edits)]);
  const base = `${origin}/${book ?? 'mothers'}`;
  return { base, code: (phone) => code(base, phone), stop };
}

// serve gives a program that nobody has set up yet, with the link that it printed for that.
export async function serve() {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'qunce-e2e-'));
  const { origin, printed, stop } = await run(dir, /setup\?token=\S+/, ['serve']);
  return { base: origin, setup: printed.match(/http\S+setup\?token=\S+/)[0], stop };
}

// run starts the program on a folder of its own and waits until it has printed that it is ready.
async function run(dir, ready, command) {
  const port = await freePort();
  const args = [...command, '--data', path.join(dir, 'data'), '--listen', `127.0.0.1:${port}`, '--trusted-proxy', '127.0.0.0/8'];
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let printed = '';
  child.stderr.on('data', (b) => (log += b));
  const ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  const up = new Promise((done) => child.stdout.on('data', (b) => { printed += b; if (ready.test(printed)) done('ready'); }));
  const first = await Promise.race([up, ended]);
  assert.equal(first, 'ready', `the program ended with ${first}:\n${log}`);
  return {
    origin: `http://127.0.0.1:${port}`,
    printed,
    async stop() {
      child.kill('SIGTERM');
      const how = await ended;
      await rm(dir, { recursive: true, force: true });
      assert.equal(how, 0, `the program ended with ${how}:\n${log}`);
      assert.doesNotMatch(log, /level=ERROR|panic:/, log);
    },
  };
}

// The newest code sent to a phone, which the outbox shows with its middle digits hidden.
async function code(base, phone) {
  const shown = phone.replace(/^(\d{3})\d{4}(\d{4})$/, '$1****$2');
  for (let i = 0; i < 40; i++) {
    const html = await (await fetch(`${base}/outbox`)).text();
    const row = html.split('<li>').find((li) => li.includes(`>${shown}<`));
    const found = row?.match(/[^\d](\d{6})[^\d]/);
    if (found) return found[1];
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no code was sent to ${phone}`);
}
