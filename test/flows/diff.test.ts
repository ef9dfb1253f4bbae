import { beforeAll, describe, expect, it } from 'vitest';
import { diffFlows, type FlowDocument, renderDiff, renderDiffJson } from '../../src/flows/index.js';
import {
  AS_METADATA,
  createForeignPair,
  inspect,
  json,
  protectedMcp,
  modernMcp,
  type Routes,
  TOKEN_RESPONSE,
} from './support.js';

type Plan = NonNullable<Parameters<typeof inspect>[1]>;

async function flow(routes: Routes = {}, plan: Plan = {}): Promise<FlowDocument> {
  return (await inspect(createForeignPair(routes).fetch, plan)).document;
}

function told(a: FlowDocument, b: FlowDocument, colour = false): string {
  return renderDiff(diffFlows(a, b), { colour, width: 80, names: ['a.json', 'b.json'] });
}

let dcr: FlowDocument;
let preset: FlowDocument;
beforeAll(async () => {
  dcr = await flow();
  preset = await flow({}, { clientId: 'known' });
});

describe('two flows', () => {
  it('are the same if only time, secrets, ids and ports are not', async () => {
    const again: FlowDocument = JSON.parse(
      JSON.stringify(await flow())
        .replaceAll('registered-1', 'registered-2')
        .replaceAll(/127\.0\.0\.1(:|%3A)\d+/g, '127.0.0.1$149152'),
    );
    const later = { ...again, started_at: '2030-01-01T00:00:00Z', milliseconds: 9999 };
    expect(JSON.stringify(later)).toMatch(/registered-2.*127\.0\.0\.1:49152/);
    expect(diffFlows(dcr, later)).toMatchObject({ same: true, parting: null, differences: [] });
    expect(told(dcr, later)).toContain('The two flows are the same.');
  });

  it('part at registration where one has a client_id and the other asks for one, and it says why', () => {
    const diff = diffFlows(preset, dcr);
    expect(diff.same).toBe(false);
    expect(diff.parting!.step).toBe('registration');
    expect(diff.parting!.what).toBe(
      'they part at registration: a is preset, b is dcr, since the way preset was open to a (its user gave a' +
        ' client_id) and not open to b (its user gave no client_id)',
    );
    expect(diff.differences).toEqual(
      expect.arrayContaining([
        { section: 'registration', step: null, what: 'POST /register', a: 'not called', b: 'called' },
        {
          section: 'exchanges',
          step: 'registration',
          what: 'POST {authorization server}/register',
          a: null,
          b: '201',
        },
      ]),
    );
  });

  it('swap sides when they are swapped', () => {
    const swapped = diffFlows(dcr, preset).differences.map(({ a, b, ...rest }) => ({ ...rest, a: b, b: a }));
    const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).toSorted();
    const plain = diffFlows(preset, dcr).differences.map(({ a, b, ...rest }) => ({ ...rest, a, b }));
    expect(sorted(swapped)).toEqual(sorted(plain));
  });

  it('are the same if requests that are sent at once are answered in another order', async () => {
    const looked = await flow({}, { crossOrigin: true });
    const many = looked.exchanges.filter(({ step }) => step === 'cross-origin');
    const places = many.map(({ sequence }) => sequence).toReversed();
    const turned = many.map((one, index) => ({ ...one, sequence: places[index]! }));
    const others = looked.exchanges.filter(({ step }) => step !== 'cross-origin');
    expect(many.length).toBeGreaterThan(1);
    expect(diffFlows(looked, { ...looked, exchanges: [...others, ...turned] }).same).toBe(true);
    const missing = [...others, ...turned.slice(1)];
    expect(diffFlows(looked, { ...looked, exchanges: missing }).parting!.step).toBe('cross-origin');
  });

  it('part where the same request is answered otherwise', async () => {
    const refused = await flow({
      'POST as.example/token': json({ error: 'invalid_grant' }, { status: 400 }),
    });
    const { parting, differences } = diffFlows(dcr, refused);
    expect(parting).toMatchObject({
      step: 'token',
      a: 'POST {authorization server}/token → 200',
      b: 'POST {authorization server}/token → 400',
    });
    expect(differences).toContainEqual({
      section: 'flow',
      step: null,
      what: 'outcome',
      a: 'completed',
      b: expect.stringMatching(/^failed: /),
    });
  });

  it('differ in a check that changed, and not in those that only one came to', async () => {
    const token = json(TOKEN_RESPONSE);
    const careless = await flow({ 'POST as.example/token': token });
    const checks = (a: FlowDocument, b: FlowDocument) =>
      diffFlows(a, b).differences.filter(({ section }) => section === 'checks');
    expect(checks(dcr, careless)).toEqual([
      { section: 'checks', step: 'token', what: 'as.token-no-store', a: 'pass', b: 'fail' },
    ]);
    expect(
      checks(preset, dcr).filter(({ a, b }) => (a ?? b) === 'pass' && (a === null || b === null)),
    ).toEqual([]);
  });

  it('differ in the members of metadata, in scopes asked and granted, and in tools', async () => {
    const tools = protectedMcp(async (request) => {
      const { method } = (await request.clone().json()) as { method: string };
      if (method !== 'tools/list') return modernMcp(request);
      const answer = (await (await modernMcp(request)).json()) as { result: object };
      return Response.json({
        ...answer,
        result: { ...answer.result, tools: [{ name: 'list_notes', annotations: { readOnlyHint: true } }] },
      });
    });
    const other = await flow(
      {
        'GET as.example/.well-known/oauth-authorization-server': json({
          ...AS_METADATA,
          jwks_uri: 'https://as.example/k',
        }),
        'POST as.example/token': json(
          { ...TOKEN_RESPONSE, scope: 'notes.list' },
          { headers: { 'cache-control': 'no-store' } },
        ),
        'POST mcp.example/mcp': tools,
      },
      { scope: 'notes.list' },
    );
    const of = (section: string) =>
      diffFlows(dcr, other)
        .differences.filter((one) => one.section === section)
        .map(({ what, a, b }) => [what, a, b]);
    expect(of('metadata')).toEqual([['jwks_uri', null, '{authorization server}/k']]);
    expect(of('scopes')).toEqual([
      ['asked', 'notes.read', 'notes.list'],
      ['granted', 'not told', 'notes.list'],
    ]);
    expect(of('tools')).toEqual([['listed', 'delete_all, list_notes', 'list_notes']]);
  });

  it('may be at different places, which is told once', () => {
    const moved: FlowDocument = JSON.parse(
      JSON.stringify(dcr).replaceAll('mcp.example', 'mcp.test:8443').replaceAll('as.example', 'as.test'),
    );
    const { parting, differences } = diffFlows(dcr, moved);
    expect(parting).toBeNull();
    expect(differences.filter(({ section }) => section !== 'flow')).toEqual([]);
    expect(differences).toEqual([
      { section: 'flow', step: null, what: 'MCP server', a: dcr.target, b: 'https://mcp.test:8443/mcp' },
    ]);
  });
});

describe('the report of a comparison', () => {
  it('names both files and says in its first sentence where they part', () => {
    const [a, , b] = told(preset, dcr).split('\n');
    expect(a).toMatch(/^a {2}a\.json: completed, route preset/);
    expect(b).toMatch(/^b {2}b\.json: completed, route dcr/);
    expect(told(preset, dcr).replaceAll(/\s+/g, ' ')).toContain(
      'They part at registration: a is preset, b is dcr, since',
    );
  });

  it('keeps to 80 columns, but for words that are longer', () => {
    for (const line of told(preset, dcr).split('\n')) {
      if (line.trim().includes(' ')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it('has colour only if that is wanted', () => {
    expect(told(preset, dcr)).not.toContain('\u001b');
    expect(told(preset, dcr, true)).toContain('\u001b[31m');
  });

  it('has nothing of a server in it that steers the terminal', () => {
    const evil = 'x\u001b[2J\u009b\u202E\r\n';
    const bad = { ...dcr, reason: evil, decisions: dcr.decisions.map((one) => ({ ...one, what: evil })) };
    expect(told(dcr, bad)).not.toMatch(/(?!\n)[\p{Cc}\u202E]/u);
    const document = renderDiffJson(diffFlows(dcr, bad));
    expect(document).not.toMatch(/(?!\n)[\p{Cc}\u202E]/u);
    expect((JSON.parse(document) as { version: number }).version).toBe(1);
  });
});
