import { describe, expect, it } from 'vitest';
import { OUR_RESOURCE, ourPair } from './our-pair.js';
import { createForeignPair, inspect, modernMcp, type Routes, TARGET } from './support.js';

interface Behaviour {
  /** gives out another refresh token each time */
  readonly rotates?: boolean;
  /** what an old refresh token is answered with; a token if left out */
  readonly reuse?: { readonly status: number; readonly error: string };
  /** ends the family when an old one comes */
  readonly revokesFamily?: boolean;
  readonly scope?: string;
  /** the MCP server takes the first token only */
  readonly staleResource?: boolean;
  readonly refuses?: boolean;
}

/** The token endpoint of a server that issues refresh tokens, and an MCP server that knows its tokens. */
function refreshing(behaviour: Behaviour = {}) {
  const {
    rotates = true,
    reuse,
    revokesFamily = true,
    scope,
    staleResource = false,
    refuses = false,
  } = behaviour;
  let issued = 0;
  let familyEnded = false;
  const presented: string[] = [];
  const valid = new Set<string>();
  const refreshName = (number: number) => `foreign-refresh-${rotates ? number : 1}-0123456789abcdef`;
  const routes: Routes = {
    'POST as.example/token': async (request) => {
      const form = new URLSearchParams(await request.text());
      const refreshToken = form.get('refresh_token');
      if (refreshToken !== null) {
        presented.push(refreshToken);
        const isCurrent = refreshToken === refreshName(issued);
        if (refuses) return Response.json({ error: 'invalid_grant' }, { status: 400 });
        if (!isCurrent && reuse) {
          familyEnded ||= revokesFamily;
          return Response.json({ error: reuse.error }, { status: reuse.status });
        }
        if (familyEnded) return Response.json({ error: 'invalid_grant' }, { status: 400 });
      }
      issued += 1;
      const token = `foreign-access-${issued}-0123456789abcdef`;
      if (!staleResource || issued === 1) valid.add(`Bearer ${token}`);
      return Response.json(
        {
          access_token: token,
          token_type: 'Bearer',
          expires_in: 600,
          refresh_token: refreshName(issued),
          scope: issued > 1 && scope !== undefined ? scope : 'notes.read',
        },
        { headers: { 'cache-control': 'no-store' } },
      );
    },
    'POST mcp.example/mcp': (request) =>
      valid.has(request.headers.get('authorization') ?? '')
        ? modernMcp(request)
        : new Response(null, {
            status: 401,
            headers: {
              'www-authenticate':
                'Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp", scope="notes.read"',
            },
          }),
  };
  return { ...createForeignPair(routes), presented };
}

const GOOD = { reuse: { status: 400, error: 'invalid_grant' } };

describe('--refresh', () => {
  it('proves rotation, and that reuse ends the family, at our pair', async () => {
    const { document, check } = await inspect(ourPair(), { target: OUR_RESOURCE, refresh: true });
    expect(document).toMatchObject({ outcome: 'completed', reason: null });
    for (const id of ['granted', 'rotates', 'scope', 'reuse-refused', 'reuse-error', 'reuse-revokes']) {
      expect(check(`as.refresh-${id}`), id).toBe('pass');
    }
    expect(check('rs.refreshed-token-accepted')).toBe('pass');
    expect(document.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
    expect(document.registration.evidence?.flows).toBe(1);
    const step = document.steps.find(({ id }) => id === 'refresh');
    expect(step?.reason).toContain('the session has ended');
  });

  it('is left alone unless it is asked for', async () => {
    const pair = refreshing(GOOD);
    const { document } = await inspect(pair.fetch);
    expect(pair.presented).toEqual([]);
    expect(document.steps.map(({ id }) => id)).not.toContain('refresh');
  });

  it('presents the first, the first again, and the one that replaced it', async () => {
    const pair = refreshing(GOOD);
    const { check, document, text } = await inspect(pair.fetch, { refresh: true });
    const [first, second] = [1, 2].map((number) => `foreign-refresh-${number}-0123456789abcdef`);
    expect(pair.presented).toEqual([first, first, second]);
    expect(check('as.refresh-reuse-revokes')).toBe('pass');
    for (const token of [first!, second!]) expect(JSON.stringify(document) + text).not.toContain(token);
  });

  it.each([
    ['a public client that keeps its refresh token', { rotates: false }, 'as.refresh-rotates', 'fail'],
    ['a wider scope', { ...GOOD, scope: 'notes.read notes.write' }, 'as.refresh-scope', 'fail'],
    [
      'a token that is good for nothing',
      { ...GOOD, staleResource: true },
      'rs.refreshed-token-accepted',
      'fail',
    ],
    ['an old one that still works', {}, 'as.refresh-reuse-refused', 'warn'],
    ['another error', { reuse: { status: 401, error: 'invalid_token' } }, 'as.refresh-reuse-error', 'fail'],
    [
      'another error with the right status',
      { reuse: { status: 400, error: 'invalid_request' } },
      'as.refresh-reuse-error',
      'fail',
    ],
    ['a family that lives on', { ...GOOD, revokesFamily: false }, 'as.refresh-reuse-revokes', 'warn'],
  ])('finds %s', async (_what, behaviour, id, status) => {
    const { document, check } = await inspect(refreshing(behaviour).fetch, { refresh: true });
    expect(check(id)).toBe(status);
    const broken = document.checks.filter((found) => found.status === 'fail' && found.id !== id);
    expect(broken).toEqual([]);
  });

  it('concludes nothing from a server that has no time for the old one', async () => {
    const pair = refreshing({ reuse: { status: 503, error: 'temporarily_unavailable' } });
    const { check } = await inspect(pair.fetch, { refresh: true });
    for (const id of ['refused', 'error', 'revokes']) {
      expect(check(`as.refresh-reuse-${id}`), id).not.toBe('fail');
      expect(check(`as.refresh-reuse-${id}`), id).not.toBe('pass');
    }
  });

  it('does not present a refresh token again that is still in use', async () => {
    const pair = refreshing({ rotates: false });
    const { check } = await inspect(pair.fetch, { refresh: true });
    expect(pair.presented).toHaveLength(1);
    expect(check('as.refresh-reuse-refused')).toBeUndefined();
  });

  it('does not ask rotation of a client that authenticates', async () => {
    const plan = { refresh: true, clientId: 'service', clientSecret: 'a-secret-0123456789abcdef' };
    const { check } = await inspect(refreshing({ rotates: false }).fetch, plan);
    expect(check('as.refresh-rotates')).toBe('skip');
  });

  it('fails where the refresh token gets nothing', async () => {
    const { failed, check } = await inspect(refreshing({ refuses: true }).fetch, { refresh: true });
    expect(failed).toMatchObject({ id: 'refresh', reason: expect.stringContaining('invalid_grant') });
    expect(check('as.refresh-granted')).toBe('warn');
  });

  it('says why where there is none, and what to do', async () => {
    const pair = createForeignPair({
      'POST as.example/token': () =>
        Response.json(
          { access_token: 'foreign-access-token-0123456789abcdef', token_type: 'Bearer' },
          { headers: { 'cache-control': 'no-store' } },
        ),
    });
    const { document } = await inspect(pair.fetch, { refresh: true, target: TARGET });
    expect(document.outcome).toBe('completed');
    expect(document.steps.find(({ id }) => id === 'refresh')).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringMatching(/no refresh token.*grant_types/),
    });
  });
});
