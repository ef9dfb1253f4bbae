// Draws docs/inspect-flow.svg, the picture in the README, from a real run: `node scripts/picture.js` after a build.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RUN = join(ROOT, 'bin', 'run.js');
/** What is shown of the run: these steps and the verdict. The whole is many screens. */
const SHOWN = [/^ ?4 {2}/, /^ ?Verdict/];

/** What begins a change of colour in a terminal. */
const CONTROL = '\u001b[';

const COLUMN = 8.4;
const LINE = 18;
const MARGIN = 20;
const COLOURS = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
};

const pair = spawn(process.execPath, [RUN, 'all', '--quiet'], { stdio: ['ignore', 'inherit', 'inherit'] });
let run;
try {
  run = await firstAnswer();
} finally {
  pair.kill('SIGINT');
  await once(pair, 'close');
}
const lines = select(run.split('\n'));
writeFileSync(join(ROOT, 'docs', 'inspect-flow.svg'), draw(lines));

/** Runs inspect-flow until the pair is up. */
async function firstAnswer() {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const env = { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' };
    const { status, stdout } = spawnSync(process.execPath, [RUN, 'inspect-flow'], { encoding: 'utf8', env });
    if (status === 0) return stdout;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('inspect-flow did not reach the pair; are ports 9000 and 8001 free?');
}

/** The sections that are shown, with a mark for what is left out between them. */
function select(all) {
  const plain = all.map(stripVTControlCharacters);
  const starts = plain.flatMap((line, at) => (/^ ?(\d+ {2}|\+ {2}|Verdict)/.test(line) ? [at] : []));
  const sections = starts.map((start, index) => all.slice(start, starts[index + 1] ?? all.length));
  const chosen = SHOWN.map((wanted) => sections.find((_, index) => wanted.test(plain[starts[index]])));
  return [
    '\u001b[90m$ npx mcp-oauth-demo inspect-flow\u001b[39m',
    ...chosen.flatMap((section) => ['\u001b[90m ⋮\u001b[39m', ...section]),
  ].filter((line, at, list) => !(line === '' && list[at + 1] === ''));
}

function draw(shown) {
  const width = MARGIN * 2 + 80 * COLUMN;
  const height = MARGIN * 2 + shown.length * LINE;
  const rows = shown.map(
    (line, at) =>
      `<text xml:space="preserve" style="white-space:pre" x="${MARGIN}" y="${MARGIN + (at + 0.75) * LINE}">${spans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A run of inspect-flow in a terminal: the registration step and the verdict">
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">
${rows.join('\n')}
</g>
</svg>
`;
}

/** One line with its colours: each stretch of the same style is a tspan. */
function spans(line) {
  let style = {};
  const [first, ...styled] = line.split(CONTROL);
  const stretches = styled.map((part) => {
    const [codes, text] = splitAt(part, part.indexOf('m'));
    for (const code of codes.split(';').map(Number)) style = changed(style, code);
    return span(text, style);
  });
  return [span(first, {}), ...stretches].join('');
}

function splitAt(text, index) {
  return [text.slice(0, index), text.slice(index + 1)];
}

function span(text, style) {
  return text === '' ? '' : `<tspan${attributes(style)}>${escape(text)}</tspan>`;
}

function changed(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: undefined };
  return code in COLOURS ? { ...style, colour: COLOURS[code] } : style;
}

function attributes({ bold, dim, colour }) {
  return `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}${colour ? ` fill="${colour}"` : ''}`;
}

function escape(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
