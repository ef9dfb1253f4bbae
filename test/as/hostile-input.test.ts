import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { PATHS } from '../../src/as/metadata.js';
import type { Visit } from '../support/browser.js';
import { CLIENT as DOCUMENT, documentOf } from './document-host.js';
import { expectRedirectToClient, expectSafe, type Expectation, type ReadAnswer } from './hostile/answers.js';
import { createLab, type Lab, METADATA, TARGETS, TOKEN } from './hostile/endpoints.js';
import { ASSERTION_TYPE } from '../../src/as/clients/authentication/assertion-text.js';
import { type Draft, mutations, requestOf, type Sent } from './hostile/requests.js';
import { hostileJson, hostileText } from './hostile/values.js';
import { CALLBACK, ISSUER } from './support.js';

const REGISTRATION_ERRORS = ['invalid_request', 'invalid_redirect_uri', 'invalid_client_metadata'];

/** A slow machine tries fewer requests, and does not fail for that. */
const EFFORT = { numRuns: 40, interruptAfterTimeLimit: 6_000 };

/** Documents of one host are fetched so often within a minute; the rest would see one page, that it is busy. */
const SECONDS_APART = 3;

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});

/** Sends it, and holds what must be so whatever was sent. */
async function expectSafeAnswer(sent: Sent, expectation: Expectation): Promise<ReadAnswer> {
  const { world } = lab;
  world.events.splice(0);
  const response = await world.app.fetch(sent.request);
  const { status, headers } = response;
  const answer = { method: sent.request.method, status, headers, text: await response.text() };
  expectSafe(answer, expectation);
  expect(world.event('server.fault')).toBeUndefined();
  const told = JSON.stringify(world.events) + (status >= 400 ? answer.text : '');
  for (const secret of sent.secrets) {
    expect(told).not.toContain(secret);
    expect(told).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
  return answer;
}

describe('the list of requests that are made hostile', () => {
  it('has every endpoint of the server, with each of its methods', async () => {
    const routes = [
      ...Object.values(PATHS),
      '/register/:client_id',
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
    ];
    const served = await Promise.all(
      routes.map(async (route) => {
        const path = route.replace(':client_id', 'some-client');
        const answer = await lab.world.fetch(ISSUER + path, { method: 'PATCH' });
        expect({ path, status: answer.status }).toEqual({ path, status: 405 });
        const allowed = (answer.headers.get('allow') ?? '').split(', ');
        return allowed
          .filter((method) => !['HEAD', 'OPTIONS'].includes(method))
          .map((method) => `${method} ${route}`);
      }),
    );
    expect([...new Set(TARGETS.map(({ method, route }) => `${method} ${route}`))].sort()).toEqual(
      served.flat().sort(),
    );
  });

  it('has every endpoint of the metadata', async () => {
    const response = await lab.world.fetch(`${ISSUER}/.well-known/oauth-authorization-server`);
    const endpoints = Object.entries(Object(await response.json())).filter(([name]) =>
      /_endpoint$|_uri$/.test(name),
    );
    expect(endpoints.length).toBeGreaterThan(6);
    for (const [, url] of endpoints) expect(TARGETS.map(({ route }) => ISSUER + route)).toContain(url);
  });

  it.each(TARGETS)('begins with one that is served: $name', async (target) => {
    const sent = requestOf(await target.draft(lab));
    const { status } = await expectSafeAnswer(sent, target);
    expect(status).toBe(target.served);
  });
});

describe('hostile input', () => {
  it.each(TARGETS)(
    'gets out of $name no fault, no foreign redirect, no markup, no header, no secret',
    async (target) => {
      await fc.assert(
        fc.asyncProperty(mutations, async (changes) => {
          lab.world.clock.advance(SECONDS_APART);
          const sent = requestOf(await target.draft(lab), changes);
          const answer = await expectSafeAnswer(sent, target);
          if (target.route === '/authorize') expectRedirectToClient(answer, sent.parameters);
          else if (target.route === '/consent') expectOnlyTo(answer, CALLBACK);
          else expectOnlyTo(answer, '/');
        }),
        EFFORT,
      );
    },
  );
});

/** A page, as a browser without scripts sees it. */
function expectSafePage({ status, headers, html, left }: Visit): void {
  if (!left) expectSafe({ method: 'GET', status, headers, text: html }, { errors: ['invalid_request'] });
  expect(lab.world.event('server.fault')).toBeUndefined();
}

/** Goes with a client through all pages that show something of it. */
async function expectSafeFlow(client_id: string, redirect_uri: string, state: string): Promise<void> {
  const { browser, authorizeUrl } = lab.world;
  browser.forgetSession();
  const login = await browser.visit(authorizeUrl({ client_id, redirect_uri, state }));
  expectSafePage(login);
  expect(login.html).toContain('name="password"');
  const consent = await browser.submit(login);
  expectSafePage(consent);
  const { left } = await browser.submit(consent);
  expect(left?.href.startsWith(new URL(redirect_uri).href)).toBe(true);
  expect(left?.protocol).toMatch(/^(?!javascript|data|vbscript|file|blob)/);
  expect(left?.searchParams.get('state')).toBe(state === '' ? null : state);
  expectSafePage(await browser.visit(`${ISSUER}/grants`));
}

describe('hostile input that is kept', () => {
  it('from a registration: no page shows it as markup, and it leads nowhere else', async () => {
    const register: Draft = { method: 'POST', path: '/register', json: METADATA };
    const names = fc.record({ member: fc.constant('client_name'), json: hostileText });
    await fc.assert(
      fc.asyncProperty(mutations, names, hostileText, async (changes, name, state) => {
        const sent = requestOf(register, [name, ...changes]);
        const { status, text } = await expectSafeAnswer(sent, { errors: REGISTRATION_ERRORS });
        if (status !== 201) return;
        const { client_id, redirect_uris } = JSON.parse(text);
        for (const uri of redirect_uris) await expectSafeFlow(client_id, uri, echoable(state));
      }),
      EFFORT,
    );
  });

  it('from a metadata document: no page shows it as markup, and it leads nowhere else', async () => {
    const members = fc.dictionary(fc.constantFrom(...Object.keys(documentOf()), '__proto__'), hostileJson, {
      maxKeys: 3,
    });
    await fc.assert(
      fc.asyncProperty(hostileText, members, async (client_name, more) => {
        lab.world.clock.advance(SECONDS_APART * 4);
        lab.documents.serve(documentOf({ client_name, ...more }), { 'cache-control': 'no-store' });
        lab.world.browser.forgetSession();
        const login = await lab.world.browser.visit(lab.world.authorizeUrl({ client_id: DOCUMENT }));
        if (!login.left) expectSafePage(login);
        if (login.status === 200 && !login.left) await expectSafeFlow(DOCUMENT, CALLBACK, 'x');
      }),
      EFFORT,
    );
    lab.documents.serve();
  });

  it('as the media type of a metadata document: an error tells of it in the characters of errors', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (type) => {
        lab.world.clock.advance(SECONDS_APART * 2);
        lab.documents.serve(documentOf(), { 'content-type': type, 'cache-control': 'no-store' });
        const evidence: Draft = { method: 'GET', path: '/client-evidence', query: [['client_id', DOCUMENT]] };
        await expectSafeAnswer(requestOf(evidence), { errors: ['invalid_client'] });
        const query = [...lab.world.authorizeUrl({ client_id: DOCUMENT }).searchParams];
        await expectSafeAnswer(requestOf({ method: 'GET', path: '/authorize', query }), { errors: [] });
      }),
      EFFORT,
    );
    lab.documents.serve();
  });

  it('as the state of a request: it comes back as it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, (state) => expectSafeFlow('demo-preset', CALLBACK, echoable(state))),
      EFFORT,
    );
  });

  it('as the state of a request that is refused: it comes back as it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (state) => {
        const query = [...lab.world.authorizeUrl({ response_type: 'token', state }).searchParams];
        const sent = requestOf({ method: 'GET', path: '/authorize', query });
        const answer = await expectSafeAnswer(sent, { errors: [] });
        expect(answer.status).toBe(302);
        expectRedirectToClient(answer, sent.parameters);
      }),
      { ...EFFORT, numRuns: 100 },
    );
  });
});

describe('hostile input that is signed', () => {
  const post = async (client_assertion: string) => {
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion,
    };
    const draft = { method: 'POST', path: '/token', form: Object.entries(form), secrets: [client_assertion] };
    return expectSafeAnswer(requestOf(draft), TOKEN);
  };

  it('in the claims of an assertion does no more than in a form', async () => {
    const claims = fc.dictionary(
      fc.constantFrom('iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', '__proto__'),
      hostileJson,
      { minKeys: 1, maxKeys: 3 },
    );
    const header = fc.dictionary(
      fc.constantFrom('kid', 'typ', 'cty', 'jku', 'x5c'),
      fc.oneof(hostileText, hostileJson),
      { maxKeys: 2 },
    );
    await fc.assert(
      fc.asyncProperty(claims, header, async (said, head) => {
        const { status } = await post(await lab.sign(said, head));
        expect([200, 400, 401, 413, 503]).toContain(status);
      }),
      EFFORT,
    );
  });

  it('with keys that are none is refused', async () => {
    const members = fc.dictionary(
      fc.constantFrom('kty', 'crv', 'x', 'y', 'kid', 'alg', 'use', 'key_ops', 'n', 'e'),
      fc.oneof(
        hostileJson,
        fc.constantFrom('RSA', 'OKP', 'P-384', 'secp256k1', 'Ed25519', 'AQAB', 'A'.repeat(43)),
      ),
      { minKeys: 1, maxKeys: 3 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(members, { minLength: 1, maxLength: 2 }), async (changed) => {
        const { body } = await lab.world.register({
          token_endpoint_auth_method: 'private_key_jwt',
          grant_types: ['client_credentials'],
          jwks: { keys: changed.map((more) => ({ ...lab.jwk, ...more })) },
        });
        const { client_id } = body;
        if (client_id === undefined) return;
        const { status } = await post(await lab.sign({ iss: client_id, sub: client_id }));
        expect([200, 401]).toContain(status);
      }),
      EFFORT,
    );
  });
});

/** What is left of it once it was sent as UTF-8, and no longer than a `state` may be. */
function echoable(text: string): string {
  return Buffer.from(text).toString('utf8').replaceAll('\uFFFD', '').slice(0, 4000);
}

function expectOnlyTo({ headers }: ReadAnswer, start: string): void {
  const location = headers.get('location');
  if (location !== null && location !== '/grants')
    expect(location.startsWith(start) && !location.startsWith('//')).toBe(true);
}
