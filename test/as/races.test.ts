import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { AuthorizationServerOptions } from '../../src/as/index.js';
import { ASSERTION_TYPE } from '../../src/as/clients/authentication/assertion-text.js';
import { cookieHeader, readForm } from '../support/browser.js';
import { hesitantStore } from './stores.js';
import {
  type Answer,
  CALLBACK,
  codeIn,
  createWorld,
  ISSUER,
  type Parameters,
  type World,
} from './support.js';

/** How long each operation of the store hesitates; a schedule that fails is shown. */
const schedules = fc.infiniteStream(fc.nat({ max: 4 }));
/** Few meet in more ways, many are what a thief would send. */
const crowds = fc.constantFrom(2, 3, 5, 50);
const EFFORT = { numRuns: 12, interruptAfterTimeLimit: 6_000 };

interface Race extends World {
  /** From now on requests come between those of others. */
  start(): void;
}

function raceOf(schedule: Iterator<number>, options: Partial<AuthorizationServerOptions> = {}): Race {
  const store = hesitantStore();
  return { ...createWorld(options, store.createStore), start: () => store.hesitate(schedule) };
}

/** All at once. */
function all<T>(count: number, one: (at: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => one(at)));
}

const served = ({ status }: Answer) => status === 200;

/** Whatever came out of it: nothing is worth anything any more. */
async function expectAllVoid(
  { introspect, token }: World,
  bodies: readonly Readonly<Record<string, string>>[],
  as: Parameters = {},
): Promise<void> {
  for (const { access_token, refresh_token } of bodies) {
    if (access_token !== undefined) expect(await introspect(access_token)).toEqual({ active: false });
    if (refresh_token === undefined) continue;
    const refreshed = await token({ grant_type: 'refresh_token', refresh_token, ...as });
    expect(refreshed.status).toBeGreaterThanOrEqual(400);
  }
}

describe('a code', () => {
  it('is redeemed once, however many come at once, and then all that came from it is void', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, crowds, async (schedule, count) => {
        const race = raceOf(schedule);
        const code = codeIn(await race.signIn());
        race.start();
        const answers = await all(count, () => race.token({ code }));
        expect(answers.filter(served)).toHaveLength(1);
        for (const { status, body } of answers.filter((answer) => !served(answer)))
          expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_grant' });
        await expectAllVoid(
          race,
          answers.map(({ body }) => body),
        );
      }),
      EFFORT,
    );
  });

  it('is redeemed once at most among thieves, and void at the latest when it comes again', async () => {
    const presentations = fc.array(
      fc.constantFrom<Parameters>(
        {},
        { client_id: 'other' },
        { code_verifier: 'x'.repeat(43) },
        { code_verifier: undefined },
        { redirect_uri: 'http://127.0.0.1:33419/' },
        { redirect_uri: undefined },
        { resource: 'https://other.example/mcp' },
        { grant_type: 'refresh_token' },
      ),
      { minLength: 2, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(schedules, presentations, async (schedule, presented) => {
        const race = raceOf(schedule, { clients: [{ client_id: 'demo-preset' }, { client_id: 'other' }] });
        const code = codeIn(await race.signIn());
        race.start();
        const answers = await Promise.all(presented.map((how) => race.token({ code, ...how })));
        const won = answers.filter(served);
        const right = presented.filter((how) => Object.keys(how).length === 0);
        expect(won.length).toBeLessThanOrEqual(Math.min(1, right.length));
        answers.forEach((answer, at) => expect(served(answer) && right.length === 0, `${at}`).toBe(false));
        const again = await race.token({ code });
        expect(served(again)).toBe(won.length === 0 && presented.every(isHarmless));
        if (!served(again))
          await expectAllVoid(
            race,
            won.map(({ body }) => body),
          );
      }),
      { ...EFFORT, numRuns: 40 },
    );
  });

  /** What does not even come to the code. */
  function isHarmless(how: Parameters): boolean {
    return how['grant_type'] !== undefined || ('code_verifier' in how && how['code_verifier'] === undefined);
  }
});

describe('a refresh token', () => {
  const refreshing = (race: Race, refresh_token: string | undefined) => () =>
    race.token({ grant_type: 'refresh_token', refresh_token });

  it('is exchanged once at most, however many come at once, and then all of its grant is void', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, crowds, async (schedule, count) => {
        const race = raceOf(schedule);
        const first = await race.flow();
        race.start();
        const answers = await all(count, refreshing(race, first['refresh_token']));
        expect(answers.filter(served).length).toBeLessThanOrEqual(1);
        await expectAllVoid(race, [first, ...answers.map(({ body }) => body)]);
      }),
      EFFORT,
    );
  });

  it('with a grace is exchanged for as many as come, each for its own, until one successor is used', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, crowds, async (schedule, count) => {
        const race = raceOf(schedule, { refreshGraceSeconds: 30 });
        const first = await race.flow();
        race.start();
        const answers = await all(count, refreshing(race, first['refresh_token']));
        expect(answers.filter(served)).toHaveLength(count);
        expect(new Set(answers.map(({ body }) => body['refresh_token'])).size).toBe(count);
        const next = await refreshing(race, answers[0]?.body['refresh_token'])();
        expect(next.status).toBe(200);
        expect((await refreshing(race, first['refresh_token'])()).status).toBe(400);
        await expectAllVoid(race, [first, next.body, ...answers.map(({ body }) => body)]);
      }),
      EFFORT,
    );
  });

  it.each([0, 30])(
    'that is revoked while it is exchanged, by client or user, leaves nothing (grace: %i s)',
    async (refreshGraceSeconds) => {
      await fc.assert(
        fc.asyncProperty(schedules, fc.boolean(), async (schedule, byUser) => {
          const race = raceOf(schedule, { refreshGraceSeconds });
          const first = await race.flow();
          const page = await race.browser.visit(`${ISSUER}/grants`);
          race.start();
          const revoke = byUser
            ? () => race.browser.submit(page)
            : () => race.post('/revoke', { token: first['refresh_token'], client_id: 'demo-preset' });
          const [revoked, ...answers] = await Promise.all([
            revoke(),
            ...[1, 2, 3].map(refreshing(race, first['refresh_token'])),
          ]);
          expect(revoked.status).toBe(200);
          await expectAllVoid(race, [first, ...answers.map(({ body }) => body)]);
        }),
        EFFORT,
      );
    },
  );
});

describe('a page', () => {
  it('of the login signs in once, however often its form is posted', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, crowds, async (schedule, count) => {
        const race = raceOf(schedule);
        const page = await race.browser.visit(race.authorizeUrl());
        race.start();
        const statuses = await all(count, () => statusOfPost(race, page.html, {}));
        expect(statuses.filter((status) => status === 303)).toHaveLength(1);
        expect(statuses.filter((status) => status === 400)).toHaveLength(count - 1);
        expect(race.events.filter(({ kind }) => kind === 'login.succeeded')).toHaveLength(1);
      }),
      EFFORT,
    );
  });

  it('of the consent takes one decision, whichever comes first, and gives one answer', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, crowds, async (schedule, count) => {
        const race = raceOf(schedule);
        const page = await race.browser.submit(await race.browser.visit(race.authorizeUrl()));
        race.start();
        const statuses = await all(count, (at) =>
          statusOfPost(race, page.html, { decision: at % 2 === 0 ? 'allow' : 'deny' }),
        );
        expect(statuses.filter((status) => status === 303)).toHaveLength(1);
        expect(statuses.filter((status) => status === 400)).toHaveLength(count - 1);
        expect(race.events.filter(({ kind }) => kind === 'consent.decided')).toHaveLength(1);
      }),
      EFFORT,
    );
  });

  async function statusOfPost(race: Race, html: string, fields: Readonly<Record<string, string>>) {
    const { action, values } = readForm(html);
    for (const [name, value] of Object.entries(fields)) values.set(name, value);
    const cookie = cookieHeader(race.browser.cookies);
    const headers = { origin: ISSUER, cookie };
    return (await race.fetch(ISSUER + action, { method: 'POST', body: values, headers })).status;
  }
});

it('an assertion proves who a client is once, however many present it at once', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const client = {
    client_id: 'key-client',
    token_endpoint_auth_method: 'private_key_jwt' as const,
    grant_types: ['client_credentials'],
    jwks: { keys: [await exportJWK(publicKey)] },
  };
  await fc.assert(
    fc.asyncProperty(schedules, crowds, async (schedule, count) => {
      const race = raceOf(schedule, {
        clients: [client],
        grants: ['authorization_code', 'client_credentials'],
      });
      const now = race.clock.now();
      const claims = { iss: 'key-client', sub: 'key-client', aud: ISSUER, exp: now + 60, jti: 'one' };
      const client_assertion = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey);
      race.start();
      const answers = await all(count, () =>
        race.post('/token', {
          grant_type: 'client_credentials',
          client_assertion,
          client_assertion_type: ASSERTION_TYPE,
        }),
      );
      expect(answers.filter(served)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(count - 1);
    }),
    EFFORT,
  );
});

describe('clients', () => {
  it('that register at once are as many clients, each with a token of its own', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const race = raceOf(schedule);
        race.start();
        const registered = await all(50, (at) => race.register({ client_name: `client ${at}` }));
        for (const name of ['client_id', 'registration_access_token'])
          expect(new Set(registered.map(({ body }) => body[name])).size).toBe(50);
        const read = await all(50, async (at) => {
          const { body } = registered[at]!;
          const other = registered[(at + 1) % 50]!.body;
          const [own, foreign] = await Promise.all(
            [body, other].map(async ({ registration_access_token }) =>
              configuration(race, body, 'GET', registration_access_token),
            ),
          );
          return { name: own?.body['client_name'], own: own?.status, foreign: foreign?.status };
        });
        expect(read).toEqual(
          Array.from({ length: 50 }, (_, at) => ({ name: `client ${at}`, own: 200, foreign: 401 })),
        );
      }),
      { ...EFFORT, numRuns: 3 },
    );
  });

  it('with an id that is not known are adopted once, however many ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, crowds, async (schedule, count) => {
        const race = raceOf(schedule);
        race.start();
        const url = race.authorizeUrl({ client_id: 'brought-along' });
        const pages = await all(count, () => race.fetch(url));
        expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200));
        expect(race.events.filter(({ kind }) => kind === 'client.adopted')).toHaveLength(1);
      }),
      EFFORT,
    );
  });

  it('that are made to register are told once, whichever of their codes comes first', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const race = raceOf(schedule, { unknownClients: 'reregister' });
        const client_id = 'brought-along';
        const codes: string[] = [];
        for (let at = 0; at < 5; at += 1) codes.push(codeIn(await race.signIn({ client_id })));
        race.start();
        const answers = await Promise.all(codes.map((code) => race.token({ client_id, code })));
        const active = await Promise.all(
          answers.map(async ({ body }) => (await race.introspect(body['access_token']))['active']),
        );
        expect(active.filter((one) => one === false)).toHaveLength(1);
        expect(race.events.filter(({ kind }) => kind === 'client.told_to_register')).toHaveLength(1);
      }),
      EFFORT,
    );
  });

  it('that update themselves while they are used for the first time keep one of the updates', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const race = raceOf(schedule);
        const { body } = await race.register({ client_name: 'before' });
        const { client_id } = body;
        const codes = [codeIn(await race.signIn({ client_id })), codeIn(await race.signIn({ client_id }))];
        race.start();
        const [first, second, ...tokens] = await Promise.all([
          update(race, body, 'first'),
          update(race, body, 'second'),
          ...codes.map((code) => race.token({ client_id, code })),
        ]);
        expect([first, second, ...tokens].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        expect((await configuration(race, body, 'GET')).body['client_name']).toMatch(/^(first|second)$/);
      }),
      { ...EFFORT, numRuns: 40 },
    );
  });

  it('that delete themselves are gone, whatever was under way: no token, no code, no record', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, fc.integer({ min: 1, max: 3 }), async (schedule, deletions) => {
        const race = raceOf(schedule);
        const { body } = await race.register({ client_name: 'before' });
        const client_id = body['client_id']!;
        const earlier = await race.flow({ client_id });
        const code = codeIn(await race.signIn({ client_id }));
        const consent = await race.browser.visit(race.authorizeUrl({ client_id }));
        race.start();
        const [redeemed, refreshed, consented, , ...deleted] = await Promise.all([
          race.token({ client_id, code }),
          race.token({ client_id, grant_type: 'refresh_token', refresh_token: earlier['refresh_token'] }),
          race.browser.submit(consent),
          update(race, body, 'after'),
          ...Array.from({ length: deletions }, () => configuration(race, body, 'DELETE')),
        ]);
        expect(deleted.map(({ status }) => status)).toContain(204);
        expect(deleted.filter(({ status }) => status !== 204 && status !== 401)).toEqual([]);
        await expectAllVoid(race, [earlier, redeemed.body, refreshed.body], { client_id });
        for (const late of [code, consented.left ? codeIn(consented.left) : 'none'])
          expect((await race.token({ client_id, code: late })).status).toBeGreaterThanOrEqual(400);
        expect((await configuration(race, body, 'GET')).status).toBe(401);
        expect((await race.fetch(`${ISSUER}/client-evidence?client_id=${client_id}`)).status).toBe(404);
        expect(race.events.filter(({ kind }) => kind === 'client.deleted')).toHaveLength(1);
      }),
      { ...EFFORT, numRuns: 40 },
    );
  });

  async function configuration(
    race: Race,
    { client_id, registration_access_token }: Readonly<Record<string, string>>,
    method: 'GET' | 'PUT' | 'DELETE',
    token = registration_access_token,
    json?: object,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, string>> }> {
    const response = await race.fetch(`${ISSUER}/register/${client_id}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(json && { 'content-type': 'application/json' }) },
      ...(json && { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }

  function update(race: Race, body: Readonly<Record<string, string>>, client_name: string) {
    return configuration(race, body, 'PUT', body['registration_access_token'], {
      client_id: body['client_id'],
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      client_name,
    });
  }
});
