import { readdirSync, statSync, writeFileSync, chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { edited } from '../../src/cli/step/editor.js';
import { parseRequestText, requestText } from '../../src/cli/step/request-text.js';
import { stepPrompt, type StepTerminal } from '../../src/cli/step/step-prompt.js';

const METHODS = ['GET', 'POST'] as const;
const REQUEST = {
  method: 'POST',
  url: 'https://as.example/token',
  headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=authorization_code&code=secret-code',
} as const;
const SHOWN = { ...REQUEST, headers: REQUEST.headers, body: { code: 'sha256:01234567…' } };
const ASKING = { step: 'token', to: 'as', request: REQUEST, shown: SHOWN } as const;

/** Types what it is told to, and edits as it is told to. */
function scripted(typed: readonly string[], edits: readonly ((text: string) => string | undefined)[] = []) {
  const lines = [...typed];
  const changes = [...edits];
  const said: string[] = [];
  const terminal: StepTerminal = {
    say: (line) => said.push(line),
    ask: async (question) => (said.push(question), lines.shift()),
    edit: async (text) => changes.shift()?.(text),
  };
  return { ask: stepPrompt(terminal, METHODS), said: () => said.join('\n'), left: lines };
}

describe('before a request', () => {
  it('shows it without its secrets, and what can be done', async () => {
    const { ask, said } = scripted(['']);
    expect(await ask(ASKING)).toEqual({ do: 'send', request: REQUEST });
    expect(said()).toMatch(
      /Next request \(token\), to the authorization server:\n {2}POST https:\/\/as.example\/token\n/,
    );
    expect(said()).toContain('sha256:01234567…');
    expect(said()).not.toContain('secret-code');
  });

  it('shows nothing that could steer the terminal', async () => {
    const { ask, said } = scripted(['']);
    await ask({ ...ASKING, shown: { ...SHOWN, url: 'https://x/\u001b[2J', body: 'a\u001b]0;b' } });
    expect(said()).not.toContain('\u001b');
  });

  it.each([
    ['s', { do: 'skip' }],
    ['q', { do: 'stop' }],
    [' S ', { do: 'skip' }],
  ])('takes %j', async (typed, answer) => {
    expect(await scripted([typed]).ask(ASKING)).toEqual(answer);
  });

  it('stops where no more can be typed', async () => {
    expect(await scripted([]).ask(ASKING)).toEqual({ do: 'stop' });
  });

  it('asks again after something else, and no more after c', async () => {
    const { ask, said, left } = scripted(['x', 'c', 'q']);
    expect(await ask(ASKING)).toEqual({ do: 'send', request: REQUEST });
    expect(said()).toContain('x is none of these');
    expect(await ask(ASKING)).toEqual({ do: 'send', request: REQUEST });
    expect(left).toEqual(['q']);
  });

  it('sends what was edited, once it can be read', async () => {
    const { ask, said } = scripted(
      ['e', ''],
      [
        (text) => text.replace('POST', 'PUT'),
        (text) => text.replace('PUT', 'POST').replace('secret-code', 'other'),
      ],
    );
    expect(await ask(ASKING)).toEqual({
      do: 'send',
      request: { ...REQUEST, body: 'grant_type=authorization_code&code=other' },
    });
    expect(said()).toContain("This can't be sent: line 1 must be a method (GET, POST) and a URL.");
    expect(said()).not.toContain('secret-code');
  });

  it('keeps the request where nothing was changed, the editor fails, or the user gives up', async () => {
    const same = await scripted(['e'], [(text) => text]).ask(ASKING);
    expect(same.do === 'send' && same.request).toBe(REQUEST);
    expect(await scripted(['e', 's'], [() => undefined]).ask(ASKING)).toEqual({ do: 'skip' });
    expect(await scripted(['e', 'q', ''], [() => 'rubbish']).ask(ASKING)).toEqual({
      do: 'send',
      request: REQUEST,
    });
  });
});

describe('a request as text', () => {
  it.each([
    [REQUEST],
    [{ method: 'GET', url: 'https://as.example/?a=b', headers: {} }],
    [{ method: 'POST', url: 'https://x.example/', headers: { accept: '*/*' }, body: 'one\n\ntwo' }],
  ] as const)('is read back as it was', (request) => {
    expect(parseRequestText(requestText(request), METHODS)).toEqual({ ok: true, request });
  });

  it('may have been saved with other line ends, and lower case', () => {
    const text = 'post https://x.example/\r\nAccept: a\r\n\r\nbody\r\n';
    expect(parseRequestText(text, METHODS)).toEqual({
      ok: true,
      request: { method: 'POST', url: 'https://x.example/', headers: { accept: 'a' }, body: 'body' },
    });
  });

  it.each([
    ['', /line 1/],
    ['PATCH https://x.example/', /line 1 must be a method \(GET, POST\)/],
    ['GET nowhere', /URL in line 1/],
    ['GET https://x.example/\naccept', /line 2 is not a header/],
    ['GET https://x.example/\na: b\nbad name: x', /line 3 is not a header/],
    ['GET https://x.example/\na: \u0000', /line 2 is not a header/],
    ['GET https://x.example/\n\nbody', /GET request has no body/],
  ])('%j is refused', (text, fault) => {
    expect(parseRequestText(text, METHODS)).toMatchObject({ ok: false, fault: expect.stringMatching(fault) });
  });
});

describe.skipIf(process.platform === 'win32')('the file that is edited', () => {
  const folder = mkdtempSync(join(tmpdir(), 'editor-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function editor(script: string): string {
    const file = join(folder, 'editor');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o700);
    return `${file} --wait`;
  }

  it('is for its owner alone, and gone afterwards', async () => {
    const told = join(folder, 'told');
    const saved = await edited(
      'before',
      editor(`echo "$1 $2" > ${told}; ls -l "$2" >> ${told}; printf after > "$2"`),
    );
    expect(saved).toBe('after');
    const [line = '', mode = ''] = readFileSync(told, 'utf8').split('\n');
    expect(line).toMatch(/^--wait /);
    expect(mode).toMatch(/^-rw------- /);
    expect(() => statSync(line.split(' ')[1]!)).toThrow('ENOENT');
  });

  it('is gone too where the editor fails', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('inspect-flow-'));
    expect(await edited('before', editor('exit 1'))).toBeUndefined();
    expect(await edited('before', join(folder, 'no-such-editor'))).toBeUndefined();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('inspect-flow-'))).toEqual(before);
  });
});
