// Draws docs/inspect-flow.svg, the picture in the README, from a real run: `node scripts/picture.js` after a build.
// What differs from run to run is replaced, so that a new picture differs only where the report does: ports become the
// usual ones, the client_id a made-up one, and each time 12 ms.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { draw } from './picture/draw.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RUN = join(ROOT, 'bin', 'run.js');
const COLUMNS = 92;
const CONTROL = '\u001b[';
const TIME = '12 ms';
const LABEL = 'A run of inspect-flow in a terminal: the sequence diagram of the flow, and the verdict';

const args = ['all', '--as-port=0', '--rs-port=0', '--log-format=json'];
const pair = spawn(process.execPath, [RUN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
let report;
try {
  const { issuer, resource } = await addresses(pair);
  report = normalised(inspected(resource), { issuer, resource });
} finally {
  pair.kill('SIGINT');
  await once(pair, 'close');
}
const lines = [
  '\u001b[90m$ npx mcp-oauth-demo inspect-flow --quiet\u001b[39m',
  ...report.trimEnd().split('\n'),
];
writeFileSync(join(ROOT, 'docs', 'inspect-flow.svg'), draw(lines, { columns: COLUMNS, label: LABEL }));

/** Where the pair listens: the first line that it prints. */
async function addresses({ stdout }) {
  for await (const line of createInterface({ input: stdout })) return JSON.parse(line);
  throw new Error('the pair ended before it listened');
}

function inspected(resource) {
  const env = {
    ...process.env,
    FORCE_COLOR: '1',
    NO_COLOR: '',
    COLUMNS: String(COLUMNS),
    LC_ALL: 'C.UTF-8',
    FORCE_HYPERLINK: '0',
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, 'inspect-flow', '--quiet', resource], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(`inspect-flow ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

function normalised(text, { issuer, resource }) {
  const clientId = /^ *client_id +(\S+)$/m.exec(stripVTControlCharacters(text))?.[1];
  if (clientId === undefined) throw new Error('the verdict names no client_id');
  const standIns = [
    [new URL(resource).origin, 'http://localhost:8001'],
    [issuer, 'http://localhost:9000'],
    [clientId, 'kXw2pTq8RZ6yVb4nLs0cHg'],
  ];
  return text
    .split('\n')
    .map((line) => {
      const same = standIns.reduce((changed, [from, to]) => changed.replaceAll(from, to), line);
      return withTime(same, stripVTControlCharacters(line).length);
    })
    .join('\n');
}

/** Puts the stand-in for the time at the column where the time ended. */
function withTime(line, length) {
  const start = `${CONTROL}2m`;
  const at = line.lastIndexOf(start);
  const time = stripVTControlCharacters(line.slice(at));
  if (at < 0 || !/^\d+ ms$/.test(time)) return line;
  const before = line.slice(0, at).trimEnd();
  const gap = length - stripVTControlCharacters(before).length - TIME.length;
  return `${before}${' '.repeat(gap)}${start}${TIME}${CONTROL}22m`;
}
