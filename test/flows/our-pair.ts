import { type AuthorizationServerOptions, createAuthorizationServer } from '../../src/as/index.js';
import { createResourceServer, type ResourceServerOptions } from '../../src/rs/index.js';
import { type Fetch, networkOf } from '../../src/shared/http/fetch.js';
import { documentHost } from '../as/document-host.js';
import { FLOW_CLOCK } from './support.js';

export const OUR_RESOURCE = 'http://localhost:8001/mcp';
const OUR_ISSUER = 'http://localhost:9000';

/** Our own pair in this process; without `fetchDocument` there is no document anywhere. */
export function ourPair(
  as: Partial<AuthorizationServerOptions> = {},
  rs: Partial<ResourceServerOptions> = {},
  { fetchDocument }: Pick<ReturnType<typeof documentHost>, 'fetchDocument'> = documentHost(),
): Fetch {
  const authorizationServer = createAuthorizationServer(
    {
      issuer: OUR_ISSUER,
      demoMode: true,
      resources: [OUR_RESOURCE],
      clients: [{ client_id: 'demo-preset' }],
      ...as,
    },
    { fetchDocument, clock: FLOW_CLOCK },
  );
  const resourceServer = createResourceServer(
    {
      resource: OUR_RESOURCE,
      authServers: [{ issuer: OUR_ISSUER }],
      demoMode: true,
      oauthStrict: true,
      ...rs,
    },
    { fetch: networkOf({ [OUR_ISSUER]: authorizationServer }), clock: FLOW_CLOCK },
  );
  return networkOf({ [OUR_ISSUER]: authorizationServer, 'http://localhost:8001': resourceServer });
}
