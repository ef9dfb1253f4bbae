import { expect, it } from 'vitest';
import { type Network, UnexpectedAnswer } from '../../scripts/load/network.js';
import { createPerson, persist, SentBack } from '../../scripts/load/person.js';

const ISSUER = 'https://as.example';
const CLIENT = { client_id: 'c', registration_client_uri: ISSUER, registration_access_token: 't' };

/** An authorization server that sends each authorization request back with the next of these. */
function networkThatSendsBack(...answers: readonly string[]): Network {
  const left = [...answers];
  return {
    async send(step) {
      if (step === 'metadata')
        return {
          status: 200,
          headers: {},
          text: JSON.stringify({ authorization_endpoint: `${ISSUER}/authorize` }),
        };
      return { status: 303, headers: { location: `http://127.0.0.1:1/callback?${left.shift()}` }, text: '' };
    },
    close: async () => undefined,
  };
}

it('a person of the load comes again as long as they are sent back for an outage, and only then', async () => {
  const sentBack = (...answers: readonly string[]) => {
    const person = createPerson({ issuer: ISSUER, network: networkThatSendsBack(...answers) });
    const outages: unknown[] = [];
    const onOutage = (error: unknown) => void outages.push(error);
    return { outages, end: persist(() => person.authorize(CLIENT), { pause: 1, onOutage }) };
  };
  const back = sentBack('error=temporarily_unavailable', 'code=a-code');
  expect((await back.end).code.value).toBe('a-code');
  expect(back.outages).toEqual([expect.any(SentBack)]);

  const refused = sentBack('error=access_denied', 'code=a-code');
  await expect(refused.end).rejects.toThrow('sent back with access_denied');
  expect(refused.outages).toEqual([]);
});

it('a person of the load waits as long as 429 says, and takes that for no outage', async () => {
  const tooMany = (retryAfter?: string) =>
    new UnexpectedAnswer('login', {
      status: 429,
      headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
      text: '',
    });
  const outages: unknown[] = [];
  const attempts: number[] = [];
  const attempt = async () => {
    attempts.push(performance.now());
    if (attempts.length === 1) throw tooMany('0.2');
    return 'done';
  };
  expect(await persist(attempt, { pause: 1, onOutage: (error) => void outages.push(error) })).toBe('done');
  expect(attempts[1]! - attempts[0]!).toBeGreaterThan(190);
  expect(outages).toEqual([]);
  await expect(persist(() => Promise.reject(tooMany()))).rejects.toThrow('429');
  await expect(persist(() => Promise.reject(tooMany('3600')))).rejects.toThrow('429');
});
