import { expect, it } from 'vitest';
import { createAuthorizationServer } from '../../src/rs/authorization-servers/authorization-server.js';
import { createKeySource } from '../../src/rs/verifiers/key-source.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { createKey, createKeyHost } from './jwt-support.js';
import { ISSUER } from './support.js';

it('keys that another request has read meanwhile are the newer ones, without reading them again', async () => {
  const host = createKeyHost();
  host.keys = [(await createKey()).jwk];
  const time = { milliseconds: 0 };
  const ports = {
    fetch: networkOf({ [ISSUER]: host }),
    timeoutMs: 1000,
    milliseconds: () => time.milliseconds,
    emit: () => {},
  };
  const authorizationServer = createAuthorizationServer({
    configured: ISSUER,
    mayFollow: false,
    verify: 'jwt',
    insecureHttp: false,
    introspectionAuth: 'client_secret_basic',
    ...ports,
  });
  const keySource = createKeySource({ authorizationServer, ...ports });
  const first = await keySource.current();
  time.milliseconds += 10_000;
  host.keys = [(await createKey()).jwk];
  const second = await keySource.newer(first);
  expect(second).not.toBe(first);
  expect(await keySource.newer(first)).toBe(second);
  expect(await keySource.newer(second!)).toBeUndefined();
  expect(host.keyReads).toBe(2);
});
