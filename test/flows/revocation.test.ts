import { describe, expect, it } from 'vitest';
import { OUR_RESOURCE, ourPair } from './our-pair.js';
import {
  ACCESS_TOKEN,
  AS_METADATA,
  CHALLENGE,
  createForeignPair,
  inspect,
  json,
  modernMcp,
  type Routes,
} from './support.js';

const METADATA = 'GET as.example/.well-known/oauth-authorization-server';

/** A pair that takes tokens back. */
function revoking(answer: (hint: string | null) => Response, honours = true) {
  const given: (string | null)[] = [];
  let revoked = false;
  const routes: Routes = {
    [METADATA]: json({ ...AS_METADATA, revocation_endpoint: 'https://as.example/revoke' }),
    'POST as.example/revoke': async (request) => {
      const form = new URLSearchParams(await request.text());
      given.push(form.get('token_type_hint'));
      const answered = answer(form.get('token_type_hint'));
      revoked ||= form.get('token') === ACCESS_TOKEN && answered.status === 200;
      return answered;
    },
    'POST mcp.example/mcp': (request) =>
      request.headers.get('authorization') === `Bearer ${ACCESS_TOKEN}` && !(revoked && honours)
        ? modernMcp(request)
        : new Response(null, { status: 401, headers: { 'www-authenticate': CHALLENGE } }),
  };
  return { fetch: createForeignPair(routes).fetch, given };
}

const taken = () => new Response(null, { status: 200 });

describe('--revoke', () => {
  it('gives both tokens back to our pair, and sees the access token refused', async () => {
    const { document, check } = await inspect(ourPair(), { target: OUR_RESOURCE, revoke: true });
    expect(document).toMatchObject({ outcome: 'completed', reason: null });
    expect(check('as.revocation-endpoint')).toBe('pass');
    expect(check('as.revocation-refresh-token')).toBe('pass');
    expect(check('as.revocation-access-token')).toBe('pass');
    expect(check('rs.revoked-token-refused')).toBe('pass');
    expect(document.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
  });

  it('gives the refresh token back first', async () => {
    const { fetch, given } = revoking(taken);
    const { document } = await inspect(fetch, { revoke: true });
    expect(document.outcome).toBe('completed');
    expect(given).toEqual(['refresh_token', 'access_token']);
  });

  it('gives nothing back unless it is told to', async () => {
    const { fetch, given } = revoking(taken);
    await inspect(fetch);
    expect(given).toEqual([]);
  });

  it('finds a server that refuses refresh tokens, or access tokens', async () => {
    const refusing = (which: string) => (hint: string | null) =>
      hint === which ? Response.json({ error: 'unsupported_token_type' }, { status: 400 }) : taken();
    const withoutRefresh = await inspect(revoking(refusing('refresh_token')).fetch, { revoke: true });
    expect(withoutRefresh.check('as.revocation-refresh-token')).toBe('fail');
    const withoutAccess = await inspect(revoking(refusing('access_token')).fetch, { revoke: true });
    expect(withoutAccess.check('as.revocation-access-token')).toBe('warn');
    expect(withoutAccess.check('rs.revoked-token-refused')).toBe('skip');
  });

  it('finds an MCP server that takes the token all the same', async () => {
    const { check } = await inspect(revoking(taken, false).fetch, { revoke: true });
    expect(check('rs.revoked-token-refused')).toBe('warn');
  });

  it('holds nothing against a server whose JWTs live on', async () => {
    const fetch = ourPair({ tokenFormat: 'jwt' }, { verify: 'jwt' });
    const { document, check } = await inspect(fetch, { target: OUR_RESOURCE, revoke: true });
    expect(document.reason).toBeNull();
    expect(check('as.revocation-access-token')).toBe('pass');
    expect(check('rs.revoked-token-refused')).toBe('skip');
  });

  it('says until when the tokens work where they cannot be given back', async () => {
    const { document, check } = await inspect(createForeignPair().fetch, { revoke: true });
    expect(document.outcome).toBe('completed');
    expect(check('as.revocation-endpoint')).toBe('skip');
    const kept = document.decisions.find(({ what }) => what === 'Keeps its tokens');
    expect(kept?.because).toContain('600 s');
  });

  it('proves nothing by a refusal after --refresh has ended the session', async () => {
    const plan = { target: OUR_RESOURCE, refresh: true, revoke: true };
    const { document, check } = await inspect(ourPair(), plan);
    expect(document.steps.map(({ id }) => id).filter((id) => ['refresh', 'revocation'].includes(id))).toEqual(
      ['refresh', 'revocation'],
    );
    expect(check('as.revocation-refresh-token')).toBe('pass');
    expect(check('rs.revoked-token-refused')).toBe('skip');
  });
});
