import { describe, expect, it } from 'vitest';
import {
  conclude,
  createFlowCollector,
  eventsOf,
  holdAgainst,
  parseExpectation,
  parseFlowPlan,
  shortLine,
} from '../../src/flows/index.js';
import {
  createForeignPair,
  inspect,
  json,
  legacyMcp,
  type Routes,
  TARGET,
  TOKEN_RESPONSE,
} from './support.js';

/** One MUST of the authorization server is broken: its tokens may be kept by caches. */
const CACHED_TOKEN: Routes = { 'POST as.example/token': json(TOKEN_RESPONSE) };

/** One SHOULD of the MCP server is broken: its challenge names no scope. */
const NO_SCOPE_IN_CHALLENGE: Routes = {
  'POST mcp.example/mcp': () =>
    new Response(null, {
      status: 401,
      headers: {
        'www-authenticate':
          'Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"',
      },
    }),
};

/** The flow fails where the metadata of the authorization server should be. */
const NO_METADATA: Routes = { 'GET as.example/.well-known/oauth-authorization-server': undefined };

/** Nobody answers. */
const SILENCE: Routes = {
  'POST mcp.example/mcp': () => {
    throw new TypeError('fetch failed');
  },
};

async function documentOf(routes: Routes, ...expected: readonly string[]) {
  const { document } = await inspect(createForeignPair(routes).fetch, { expect: [...expected] });
  return document;
}

describe('of a flow that registered, completed and broke one MUST, the expectation', () => {
  it.each([
    ['route=dcr', true, /^dcr$/],
    ['route=preset', false, /^dcr$/],
    ['register', true, /^POST \/register was called$/],
    ['no-register', false, /^POST \/register was called$/],
    ['outcome=completed', true, /^completed$/],
    ['outcome=failed', false, /^completed$/],
    ['step:token=done', true, /^done$/],
    ['step:token=failed', false, /^done$/],
    ['step:refresh=skipped', true, /^skipped$/],
    ['check:as.pkce-s256', true, /^pass: /],
    ['check:as.pkce-s256=fail', false, /^pass: /],
    ['check:as.token-no-store', false, /^fail: no cache-control header$/],
    ['check:as.token-no-store=fail', true, /^fail: no cache-control header$/],
  ])('%s has met: %s', async (expectation, met, seen) => {
    const { expectations } = await documentOf(CACHED_TOKEN, expectation);
    expect(expectations).toEqual([{ expectation, met, seen: expect.stringMatching(seen) }]);
  });
});

describe('an expectation of what the flow did not come to', () => {
  it('is met for a check only by skip, and by skipped for a step', async () => {
    const { expectations } = await documentOf(
      NO_METADATA,
      'check:as.token-no-store',
      'check:as.token-no-store=skip',
      'step:token=skipped',
      'route=dcr',
    );
    expect(expectations.map(({ met }) => met)).toEqual([false, true, true, false]);
    expect(expectations[0]!.seen).toBe('skip: the flow did not come to it');
    expect(expectations[3]!.seen).toMatch(/no client_id/);
  });
});

describe('an expectation that nobody can meet is refused with what was meant:', () => {
  it.each([
    ['rout=dcr', /no expectation.*did you mean route=/],
    ['route=drc', /"drc" is no route.*preset, cimd.*did you mean dcr\?/],
    ['route', /no expectation/],
    ['outcome=complete', /did you mean completed\?/],
    ['step:tokens=done', /"tokens" is no step.*did you mean token\?/],
    ['step:token=pass', /"pass" is no outcome of a step.*done, skipped, failed/],
    ['check:as.token-nostore', /no check "as.token-nostore"; did you mean as.token-no-store\?/],
    ['check:as.pkce-s256=ok', /"ok" is no status of a check/],
    ['', /no expectation/],
  ])('%s', (text, message) => {
    expect(() => parseFlowPlan({ target: TARGET, expect: ['route=dcr', text] })).toThrow(message);
    expect(() => parseExpectation(text)).toThrow(expect.objectContaining({ option: 'expect' }));
  });
});

describe('the conclusion from a flow, and its line on stderr:', () => {
  it.each([
    [
      'a broken MUST, by default',
      CACHED_TOKEN,
      [],
      'must',
      'notMet',
      /a MUST was broken: as.token-no-store$/,
    ],
    ['a broken MUST that does not count', CACHED_TOKEN, [], 'never', 'done', undefined],
    [
      'a broken MUST that was expected',
      CACHED_TOKEN,
      ['check:as.token-no-store=fail'],
      'must',
      'done',
      undefined,
    ],
    ['a failure', NO_METADATA, [], 'must', 'failed', /^the flow failed at authorization-server-metadata: /],
    ['a failure that was expected', NO_METADATA, ['outcome=failed'], 'must', 'done', undefined],
    [
      'a failed step that was expected',
      NO_METADATA,
      ['step:authorization-server-metadata=failed'],
      'must',
      'done',
      undefined,
    ],
    [
      'a failure with an expectation of something else',
      NO_METADATA,
      ['no-register'],
      'must',
      'failed',
      /^the flow failed/,
    ],
    [
      'a failure where success was expected',
      NO_METADATA,
      ['outcome=completed'],
      'must',
      'notMet',
      /^not met: outcome=completed \(seen: failed\); the flow failed at authorization-server-metadata: /,
    ],
    ['success where a failure was expected', {}, ['outcome=failed'], 'must', 'notMet', /seen: completed\)$/],
    [
      'two expectations that were not met',
      {},
      ['route=cimd', 'no-register', 'register'],
      'must',
      'notMet',
      /^2 expectations not met: route=cimd \(seen: dcr\), no-register \(/,
    ],
    ['no answer', SILENCE, ['route=dcr'], 'must', 'nothingEstablished', /^https:\/\/mcp.example\/mcp: /],
    ['no answer, as expected', SILENCE, ['outcome=unreachable'], 'must', 'done', undefined],
  ] as const)('%s', async (_what, routes, expected, failOn, conclusion, line) => {
    const document = await documentOf(routes, ...expected);
    expect(conclude(document, failOn)).toBe(conclusion);
    const said = shortLine(document, false, failOn);
    if (line === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(line);
  });

  it('a pair is offered only where nothing runs on this machine', async () => {
    const document = await documentOf(SILENCE);
    const refused = 'no answer: nothing listens there (ECONNREFUSED)';
    const untrusted = 'no answer: its certificate is signed by nobody (DEPTH_ZERO_SELF_SIGNED_CERT)';
    const said = (target: string, reason: string) => shortLine({ ...document, target, reason }, false);
    expect(said('http://localhost:8001/mcp', refused)).toContain('npx mcp-oauth-demo all');
    expect(said('https://localhost:8001/mcp', untrusted)).not.toContain('npx mcp-oauth-demo all');
    expect(said('https://mcp.example/mcp', refused)).not.toContain('npx mcp-oauth-demo all');
  });

  it('a broken SHOULD counts only if it is said to', async () => {
    const { document } = await inspect(createForeignPair(NO_SCOPE_IN_CHALLENGE).fetch, { until: 'token' });
    expect(document.outcome).toBe('stopped');
    expect(conclude(document)).toBe('done');
    expect(conclude(document, 'should')).toBe('notMet');
    expect(shortLine(document, false, 'should')).toMatch(
      /^the flow stopped .* a SHOULD was broken: .*rs.challenge-scope/,
    );
  });
});

describe('what was expected', () => {
  it('is in the report, and in a saved trace', async () => {
    const { document, text } = await inspect(createForeignPair().fetch, {
      expect: ['route=preset', 'outcome=completed'],
    });
    expect(text).toMatch(/expected +✗ route=preset \(seen: dcr\)\n +✓ outcome=completed\n/);
    const collector = createFlowCollector();
    eventsOf(document).forEach((event) => collector.add(event));
    expect(collector.document()).toEqual(document);
  });
});

describe('--until', () => {
  it.each([
    ['challenge', []],
    ['authorization-server-metadata', []],
    ['registration', ['POST https://as.example/register']],
    ['callback', ['POST https://as.example/register', 'GET https://as.example/authorize']],
  ])('%s ends the flow there: nothing more is sent, and the rest is skipped', async (until, sent) => {
    const pair = createForeignPair();
    const { document, text } = await inspect(pair.fetch, { until });
    expect(document).toMatchObject({
      outcome: 'stopped',
      reason: `it was to end after the step ${until} (--until)`,
    });
    const at = document.steps.findIndex(({ id }) => id === until);
    const outcomes = document.steps.map(({ outcome }) => outcome);
    expect(outcomes.slice(0, at + 1).every((outcome) => outcome === 'done')).toBe(true);
    expect(outcomes.slice(at + 1).length).toBe(7 - at);
    expect(outcomes.slice(at + 1).every((outcome) => outcome === 'skipped')).toBe(true);
    const later = pair.requests
      .map((request) => request.split('?')[0])
      .filter((request) => /register|authorize|token/.test(request!));
    expect(later).toEqual(sent);
    expect(conclude(document)).toBe('done');
    expect(text).toContain(`Skipped, since it was to end after the step ${until}`);
  });

  it('registration knows the client by then', async () => {
    const { document } = await inspect(createForeignPair().fetch, {
      until: 'registration',
      expect: ['route=dcr'],
    });
    expect(document.registration).toMatchObject({ route: 'dcr', client_id: 'registered-1' });
    expect(document.expectations).toMatchObject([{ met: true }]);
  });

  it('mcp-call leaves nothing out, so the flow completes', async () => {
    const { document } = await inspect(createForeignPair().fetch, { until: 'mcp-call' });
    expect(document.outcome).toBe('completed');
  });

  it('changes nothing about a flow that fails before', async () => {
    const { document } = await inspect(createForeignPair(NO_METADATA).fetch, { until: 'token' });
    expect(document.outcome).toBe('failed');
  });

  it('challenge tells that a server is open, and closes what it opened there', async () => {
    const pair = createForeignPair({
      'POST mcp.example/mcp': legacyMcp(),
      'DELETE mcp.example/mcp': () => new Response(null, { status: 204 }),
    });
    const { document } = await inspect(pair.fetch, { until: 'challenge' });
    expect(document.outcome).toBe('not-protected');
    // Whether a server asks for no token at all is seen at tools/list; nothing is called.
    expect(document.exchanges.map(({ request }) => request.body)).not.toContainEqual(
      expect.objectContaining({ method: 'tools/call' }),
    );
    expect(document.steps.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)).toEqual([
      'challenge',
    ]);
    expect(pair.requests.at(-1)).toBe('DELETE https://mcp.example/mcp');
  });

  it('refuses what is no step, and lists the steps', () => {
    expect(() => parseFlowPlan({ target: TARGET, until: 'tokens' })).toThrow(
      /tokens is no step of a flow; the steps are challenge, .*clean-up; did you mean token\?$/,
    );
  });
});

describe('an expectation of what came more than once', () => {
  it('of a step is held against the last time', async () => {
    const { document } = await inspect(createForeignPair().fetch);
    const token = document.steps.find(({ id }) => id === 'token')!;
    const twice = { ...document, steps: [{ ...token, outcome: 'failed' as const }, ...document.steps] };
    expect(holdAgainst(twice, ['step:token=done'])).toMatchObject([{ met: true, seen: 'done' }]);
  });

  it('of a check is held against the worst', async () => {
    const { document } = await inspect(createForeignPair().fetch);
    const check = document.checks.find(({ id }) => id === 'rs.challenge-bearer')!;
    const statuses = ['pass', 'warn', 'fail', 'warn', 'skip'] as const;
    const often = { ...document, checks: statuses.map((status) => ({ ...check, status })) };
    expect(holdAgainst(often, ['check:rs.challenge-bearer=fail'])).toMatchObject([{ met: true }]);
  });
});
