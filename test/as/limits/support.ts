import { scryptSync } from 'node:crypto';
import type { AuthorizationServerDeps, AuthorizationServerOptions, Store } from '../../../src/as/index.js';
import { LIMITS } from '../../../src/as/limits/table.js';
import type { Clock } from '../../../src/shared/clock.js';
import { type Browser, createBrowser } from '../../support/browser.js';
import { createWorld, formOf, type Parameters, RESOURCE, type World } from '../support.js';

export const ISSUER = 'https://as.example';
export const RS_CREDENTIALS = { id: 'rs', secret: 'a-secret-of-the-resource-server' };
export const CLIENT_SECRET = 'a-secret-of-a-confidential-client';

/** A stored password that costs next to nothing to check: these tests sign in by the hundred. */
export function cheapHash(password: string): string {
  const [N, r, p, salt] = [2, 1, 1, 'sixteen-bytes-of-salt'];
  return ['scrypt', N, r, p, salt, scryptSync(password, salt, 32, { N, r, p }).toString('base64url')].join(
    ':',
  );
}

/** A server that is in use by others than this machine, so that its limits are on. */
export function limitedWorld(
  options: Partial<AuthorizationServerOptions> = {},
  createStore?: (clock: Clock) => Store,
  deps?: Pick<AuthorizationServerDeps, 'fetchDocument'>,
): World {
  return createWorld(
    {
      issuer: ISSUER,
      demoMode: false,
      unknownClients: 'reject',
      resources: [RESOURCE],
      users: [{ username: 'alice', password_hash: cheapHash('nobody knows') }],
      rsCredentials: [RS_CREDENTIALS],
      clients: [
        { client_id: 'demo-preset' },
        {
          client_id: 'confidential',
          client_secret: CLIENT_SECRET,
          redirect_uris: ['https://app.example/callback'],
        },
      ],
      ...options,
    },
    createStore,
    deps,
  );
}

/** Sends a request as if it came from an address. */
export function from(address: string | undefined, world: World, path: string, init: RequestInit = {}) {
  const peer = address === undefined ? undefined : { address, port: 4711 };
  return world.server.fetch(
    new Request(new URL(path, world.server.metadata['issuer'] as string), init),
    peer,
  );
}

/** A form as a client posts it. */
export function posted(form: Parameters, headers: Record<string, string> = {}): RequestInit {
  return { method: 'POST', body: formOf(form), headers };
}

/** Sends the same request so often that one more is too many. */
export async function useUp(
  name: keyof typeof LIMITS,
  ask: (at: number) => Promise<Response>,
): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let at = 0; at < LIMITS[name].most; at += 1) statuses.push((await ask(at)).status);
  return statuses;
}

/** A browser at an address. */
export function browserAt(address: string, world: World): Browser {
  return createBrowser(
    (input, init) => world.server.fetch(new Request(input, init), { address, port: 4711 }),
    ISSUER,
  );
}
