import { afterEach, describe, expect, it } from 'vitest';
import { createLeverDesk } from '../../../src/flows/live/levers.js';
import { csrfTokenOf } from '../../../src/flows/live/viewer-cookie.js';
import { systemRandom } from '../../../src/shared/random.js';
import { FORM, ORIGIN, servedFlows, TOKEN } from './support.js';

let served: ReturnType<typeof servedFlows>;
afterEach(() => served?.close());

const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };

async function register(): Promise<string> {
  const response = await served.fetch('/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:1/'], token_endpoint_auth_method: 'none' }),
  });
  return ((await response.json()) as { client_id: string }).client_id;
}

const pull = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  served.fetch('/flows/levers', {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  });

const post = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  served.fetch('/flows/levers', {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: new URLSearchParams(form),
  });

/** A browser that has the cookie of a page, and the token of its forms. */
function viewer() {
  const cookie = `1795515907.${'n'.repeat(22)}.${'s'.repeat(43)}`;
  return {
    headers: { cookie: `mcp-oauth-demo-flows-9000=${cookie}`, origin: ORIGIN },
    csrf_token: csrfTokenOf(cookie),
  };
}

describe('POST /flows/levers', () => {
  it('pulls a lever for a program, and answers with what came of it', async () => {
    served = servedFlows();
    const client_id = await register();
    const response = await pull({ lever: 'forget', client_id });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ lever: 'forget', client_id, pulled: true, grants: 0 });
    expect((await served.fetch(`/client-evidence?client_id=${client_id}`)).status).toBe(404);
  });

  it('answers 409 where it is impossible, and says why', async () => {
    served = servedFlows();
    const response = await pull({ lever: 'forget', client_id: 'demo-preset' });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      pulled: false,
      said: expect.stringContaining('is configured'),
    });
  });

  it('takes the form of a page, and leads back to it with a notice of what came of it', async () => {
    served = servedFlows();
    const client_id = await register();
    const { headers, csrf_token } = viewer();
    const response = await post({ lever: 'revoke', client_id, csrf_token }, headers);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toMatch(/^\/flows\?client=[\w-]+&notice=[\w-]+$/);
    expect(served.events.at(-1)).not.toMatchObject({ kind: 'request.refused' });
    expect(served.events).toContainEqual(
      expect.objectContaining({ kind: 'lever.pulled', lever: 'revoke', client_id }),
    );
  });

  it.each([
    ['without the token of its page', { csrf: '' }],
    ['with that of another viewer', { csrf: csrfTokenOf('another') }],
    ['from a page of another site', { origin: 'https://evil.example' }],
    ['from another server on this machine', { origin: 'http://localhost:3000' }],
  ])('refuses a form %s', async (_what, { csrf, origin }: { csrf?: string; origin?: string }) => {
    served = servedFlows();
    const client_id = await register();
    const { headers, csrf_token } = viewer();
    const form = { lever: 'forget', client_id, csrf_token: csrf ?? csrf_token };
    expect((await post(form, { ...headers, ...(origin !== undefined && { origin }) })).status).toBe(403);
    expect((await served.fetch(`/client-evidence?client_id=${client_id}`)).status).toBe(200);
  });

  it('refuses JSON of a page of another origin', async () => {
    served = servedFlows();
    const headers = { origin: 'http://localhost:3000' };
    expect((await pull({ lever: 'forget', client_id: 'demo-preset' }, headers)).status).toBe(403);
  });

  it('needs the token where there is one', async () => {
    served = servedFlows({ token: TOKEN });
    const asked = { lever: 'revoke', client_id: 'demo-preset' };
    expect((await pull(asked)).status).toBe(401);
    expect((await pull(asked, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });

  it.each([
    [{ lever: 'explode', client_id: 'demo-preset' }, 'lever must be one of'],
    [{ lever: 'revoke' }, 'client_id is missing'],
    [{ lever: 'revoke', client_id: 'a\nb' }, 'printable ASCII'],
  ])('answers 400 to %j', async (asked, said) => {
    served = servedFlows();
    const response = await pull(asked);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(said);
  });

  it('is written down as part of what happened to the client, without the secrets of the page', async () => {
    served = servedFlows();
    const client_id = await register();
    const { headers, csrf_token } = viewer();
    await post({ lever: 'forget', client_id, csrf_token }, headers);
    const exchanges = await served.exchanges();
    const lever = exchanges.find(({ meaning }) => meaning === 'lever');
    expect(lever).toMatchObject({ from: 'browser', brought: { client_id }, said: ['lever.pulled'] });
    expect(JSON.stringify(exchanges)).not.toContain(csrf_token);
  });
});

describe('a server whose authorization server is another process', () => {
  it('offers no levers, and says where they are', async () => {
    const desk = createLeverDesk(undefined, systemRandom);
    expect(await desk.offered('demo-preset')).toEqual([]);
    const request = new Request('http://localhost:8001/flows/levers', { method: 'POST' });
    const response = await desk.answer(request, { csrfToken: '', signedIn: false, byToken: true });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('authorization server');
  });
});
