import { describe, expect, it } from 'vitest';
import { OUR_RESOURCE, ourPair } from './our-pair.js';
import { credentialsInMemory, inspect as inspectTarget } from './support.js';

function inspect(fetch: ReturnType<typeof ourPair>, plan: Parameters<typeof inspectTarget>[1] = {}) {
  return inspectTarget(fetch, { target: OUR_RESOURCE, ...plan });
}

describe('our own pair', () => {
  it('completes without a broken or doubtful check', async () => {
    const { document } = await inspect(ourPair());
    expect(document).toMatchObject({ outcome: 'completed', revision: '2026-07-28' });
    expect(document.steps.find(({ id }) => id === 'mcp-call')!.reason).toBe('get_time was called');
    expect(document.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
  });

  it('calls an id dcr in the flow that registered it, and dcr-reused in the next', async () => {
    const fetch = ourPair();
    const credentials = credentialsInMemory();
    const first = (await inspect(fetch, { remember: true, credentials })).document.registration;
    expect(first).toMatchObject({
      route: 'dcr',
      register_called: true,
      evidence: { origin: 'dcr', flows: 1 },
    });
    const again = (await inspect(fetch, { remember: true, credentials })).document.registration;
    expect(again).toMatchObject({ route: 'dcr-reused', register_called: false, evidence: { flows: 2 } });
  });

  it('wants more scope for a tool, gets it, and counts both codes as of this flow', async () => {
    const fetch = ourPair({ scopes: ['user', 'profile'], defaultScopes: ['user'] }, { scopedTools: true });
    const { document } = await inspect(fetch, { call: 'whoami' });
    expect(document.outcome).toBe('completed');
    expect(document.steps.map(({ id }) => id)).toContain('step-up');
    expect(document.steps.findLast(({ id }) => id === 'mcp-call')!.reason).toBe('whoami was called');
    expect(document.registration).toMatchObject({ route: 'dcr', evidence: { flows: 2 } });
    expect(document.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
  });

  it('tells a preset id from an adopted one, which look alike to the client', async () => {
    const fetch = ourPair();
    for (const [clientId, route] of [
      ['demo-preset', 'preset'],
      ['never-seen', 'adopted'],
    ] as const) {
      const { registration, outcome } = (await inspect(fetch, { clientId })).document;
      expect(outcome).toBe('completed');
      expect(registration).toMatchObject({ route, client_id: clientId, register_called: false });
    }
  });

  it('refuses an unknown id where adoption is off', async () => {
    const { document, failed } = await inspect(ourPair({ unknownClients: 'reject' }), {
      clientId: 'never-seen',
    });
    expect(failed?.id).toBe('authorization');
    expect(document).toMatchObject({
      outcome: 'failed',
      registration: { route: 'unknown', register_called: false },
    });
  });

  it('wants the right password where users are configured, and says how to give it', async () => {
    const fetch = ourPair({ users: [{ username: 'alice', password: 'correct-horse' }] });
    const wrong = await inspect(fetch, { login: { username: 'alice', password: 'battery-staple' } });
    expect(wrong.failed).toMatchObject({
      id: 'authorization',
      reason: expect.stringContaining('--password'),
    });
    const right = await inspect(fetch, { login: { username: 'alice', password: 'correct-horse' } });
    expect(right.document.outcome).toBe('completed');
    for (const { document, text } of [wrong, right]) {
      expect(JSON.stringify(document) + text).not.toMatch(/correct-horse|battery-staple/);
    }
  });

  it('authenticates a preset client that has a secret', async () => {
    const secret = 'a-secret-of-a-preset-client-0123456789';
    const fetch = ourPair({ clients: [{ client_id: 'confidential', client_secret: secret }] });
    const good = await inspect(fetch, { clientId: 'confidential', clientSecret: secret });
    expect(good.document).toMatchObject({ outcome: 'completed', registration: { route: 'preset' } });
    const bad = await inspect(fetch, { clientId: 'confidential', clientSecret: 'wrong' });
    expect(bad.failed).toMatchObject({ id: 'token', reason: expect.stringContaining('invalid_client') });
    expect(bad.document.registration.route).toBe('preset');
  });
});
