import { describe, expect, it } from 'vitest';
import { diagramOf, type Diagram, type MessageRow } from '../../src/flows/index.js';
import {
  AS_METADATA,
  createForeignPair,
  inspect,
  ISSUER,
  json,
  redirectBack,
  RESOURCE_METADATA,
  type Routes,
  TOKEN_RESPONSE,
} from './support.js';

async function drawn(routes: Routes = {}, plan: Parameters<typeof inspect>[1] = {}) {
  const { document } = await inspect(createForeignPair(routes).fetch, plan);
  return { document, diagram: diagramOf(document) };
}

/** The rows as one line each, so that a test reads like the picture. */
function lines({ rows }: Diagram): readonly string[] {
  return rows.map((row) => {
    if (row.kind === 'step') return `# ${row.number} ${row.title}`;
    if (row.kind === 'note') return `note ${row.over}: ${row.label} (${row.tone})`;
    return `${row.from} → ${row.to}: ${row.label}`;
  });
}

function messages({ rows }: Diagram): readonly MessageRow[] {
  return rows.filter((row) => row.kind === 'message');
}

describe('the diagram of a flow', () => {
  it('has a lane for each party, and each request and response under its step', async () => {
    const { diagram } = await drawn();
    expect(diagram.lanes).toEqual(['browser', 'client', 'rs', 'as']);
    expect(lines(diagram)).toEqual([
      '# 1 Challenge',
      'client → rs: POST /mcp server/discover',
      'rs → client: 401 Bearer challenge',
      '# 2 Protected resource metadata',
      'client → rs: GET /.well-known/oauth-protected-resource/mcp',
      'rs → client: 200 metadata',
      '# 3 Authorization server metadata',
      'client → as: GET /.well-known/oauth-authorization-server',
      'as → client: 200 metadata',
      'note as: SHOULD broken: as.cimd-advertised (refused)',
      '# 4 Registration',
      'client → as: POST /register',
      'as → client: 201 client_id registered-1',
      'note client: route: dcr (ok)',
      '# 5 Authorization',
      'client → browser: open /authorize',
      'browser → as: GET /authorize',
      'as → browser: 302 → callback',
      '# 6 Callback',
      'browser → client: GET /callback',
      '# 7 Token',
      'client → as: POST /token',
      'as → client: 200 access token',
      '# 8 MCP call',
      'client → rs: POST /mcp server/discover',
      'rs → client: 200 OK',
      'client → rs: POST /mcp tools/list',
      'rs → client: 200 OK',
      'client → rs: POST /mcp tools/call',
      'rs → client: 200 OK',
    ]);
  });

  it('names the parameters that tell which rules are kept, and no value that is a secret', async () => {
    const { diagram, document } = await drawn();
    const details = (label: string) =>
      messages(diagram).find((row) => row.label === label && row.part === 'request')?.details;
    expect(details('GET /authorize')).toEqual(['PKCE S256', 'scope "notes.read"', 'resource', 'state']);
    expect(details('POST /token')).toEqual(['authorization_code', 'code_verifier', 'resource', 'code']);
    expect(details('POST /mcp tools/call')).toEqual(['list_notes']);
    const issuer = messages(diagram).find((row) => row.label === '200 metadata' && row.from === 'as');
    expect(issuer?.details).toEqual([
      `issuer ${document.identifiers.find(({ kind }) => kind === 'issuer')?.value}`,
    ]);
  });

  it('calls a refusal after which the flow goes on expected, and one that ends it refused', async () => {
    const { diagram } = await drawn({
      'POST as.example/token': json({ error: 'invalid_grant' }, { status: 400 }),
    });
    const tones = messages(diagram)
      .filter(({ tone }) => tone !== 'ok')
      .map(({ label, tone }) => `${label} ${tone}`);
    expect(tones).toEqual(['401 Bearer challenge expected', '400 invalid_grant refused']);
    expect(lines(diagram)).toContainEqual(
      expect.stringMatching(/^note client: .*invalid_grant.* \(error\)$/),
    );
    expect(lines(diagram)).not.toContainEqual(expect.stringContaining('# 8'));
  });

  it('shows the error that came with the callback', async () => {
    const { diagram } = await drawn({
      'GET as.example/authorize': redirectBack({ code: undefined, error: 'access_denied' }),
    });
    expect(lines(diagram)).toContain('as → browser: 302 → callback access_denied');
    expect(lines(diagram)).toContain('browser → client: GET /callback access_denied');
  });

  it('draws a request without an answer as lost, at the party that stayed silent', async () => {
    const { diagram } = await drawn({
      'POST as.example/token': () => Promise.reject(new Error('gone')),
    });
    const lost = messages(diagram).filter(({ part }) => part === 'lost');
    expect(lost).toMatchObject([{ from: 'as', to: 'client', tone: 'error' }]);
    expect(lost[0]!.label).toContain('no answer');
  });

  it('draws no arrow for a request that was not sent', async () => {
    const { diagram } = await drawn({
      'GET mcp.example/.well-known/oauth-protected-resource/mcp': json({
        ...RESOURCE_METADATA,
        authorization_servers: ['http://127.0.0.1:9'],
      }),
    });
    expect(messages(diagram).filter(({ to }) => to === 'as')).toEqual([]);
    expect(lines(diagram)).toContainEqual(expect.stringMatching(/^note client: GET .*not sent/));
  });

  it('folds the pages of a sign-in into the first, the way through, and where it led', async () => {
    const page = (action: string) =>
      new Response(`<form method="post" action="${action}"><button>Go on</button></form>`, {
        headers: { 'content-type': 'text/html' },
      });
    let back = '';
    const { diagram } = await drawn({
      'GET as.example/authorize': (request) => {
        const sent = new URL(request.url).searchParams;
        back = `${sent.get('redirect_uri')}?code=foreign-code-0123456789abcdef&state=${sent.get('state')}&iss=${ISSUER}`;
        return page('/one');
      },
      'POST as.example/one': () => new Response(null, { status: 303, headers: { location: '/two' } }),
      'GET as.example/two': () => page('/three'),
      'POST as.example/three': () => new Response(null, { status: 303, headers: { location: back } }),
    });
    const pages = messages(diagram).filter(({ step }) => step === 'authorization');
    expect(pages.map(({ label }) => label)).toEqual([
      'open /authorize',
      'GET /authorize',
      '200 page',
      'POST /one … POST /three',
      '303 → callback',
    ]);
    expect(pages[3]!.details).toEqual(['3 requests']);
  });

  it('marks a broken check at the party whose fault it is', async () => {
    const { diagram } = await drawn({ 'POST as.example/token': json(TOKEN_RESPONSE) });
    expect(lines(diagram)).toContain('note as: MUST broken: as.token-no-store (error)');
    const { diagram: sound } = await drawn();
    expect(lines(sound).filter((line) => /MUST broken/.test(line))).toEqual([]);
  });

  it('puts requests that got the same answer again into one, with the number of times', async () => {
    const { document } = await drawn();
    const first = document.exchanges[0]!;
    const again = [1, 2].map((more) => ({ ...first, sequence: first.sequence, milliseconds: more }));
    const diagram = diagramOf({
      ...document,
      exchanges: [first, ...again, ...document.exchanges.slice(1)],
    });
    const challenge = messages(diagram).filter(({ step }) => step === 'challenge');
    expect(challenge.map(({ label }) => label)).toEqual([
      'POST /mcp server/discover',
      '401 Bearer challenge',
    ]);
    expect(challenge[0]!.details).toEqual(['3 times']);
    expect(challenge[1]!.milliseconds).toBe(first.milliseconds + 3);
  });

  it('draws what a browser of the user must have done, which nobody saw', async () => {
    const { document } = await drawn();
    const exchanges = document.exchanges.filter(({ from }) => from !== 'browser');
    const rows = lines(diagramOf({ ...document, exchanges }));
    const start = rows.indexOf('# 5 Authorization');
    expect(rows.slice(start, start + 6)).toEqual([
      '# 5 Authorization',
      'client → browser: open /authorize',
      'browser → as: GET /authorize',
      '# 6 Callback',
      'as → browser: → callback',
      'browser → client: GET /callback',
    ]);
  });

  it('has no lane for a browser that took no part', async () => {
    const { diagram } = await drawn({
      'GET as.example/.well-known/oauth-authorization-server': json({
        ...AS_METADATA,
        code_challenge_methods_supported: undefined,
      }),
    });
    expect(diagram.lanes).toEqual(['client', 'rs', 'as']);
  });

  it('is that of what happened, where the flow has no end yet', async () => {
    const { document } = await drawn();
    const begun = { ...document, steps: [], registration: { ...document.registration, route: null } };
    expect(messages(diagramOf(begun)).length).toBe(messages(diagramOf(document)).length);
  });

  it('folds the look of a client in a browser into one request and one answer for each server', async () => {
    const { diagram } = await drawn({}, { crossOrigin: true });
    const rows = messages(diagram).filter(({ step }) => step === 'cross-origin');
    expect(rows.map(({ from, to }) => `${from} → ${to}`).toSorted()).toEqual([
      'as → client',
      'client → as',
      'client → rs',
      'rs → client',
    ]);
    const request = rows.find(({ to }) => to === 'as')!;
    expect(request.details).toEqual([expect.stringMatching(/^\d requests$/)]);
    expect(rows.find(({ from }) => from === 'as')!.label).toBe('200, 404, no answer');
  });
});
