import { expect, it } from 'vitest';
import type { Network } from '../../scripts/load/network.js';
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
