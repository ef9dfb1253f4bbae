import type { ClientLever, LeverTexts } from '../../shared/oauth/client-levers.js';
import type { UnknownClients } from '../clients/told-to-register.js';
import type { AuthorizationServerConfig } from '../config/index.js';
import type { Standing } from './standing.js';

type Config = Pick<AuthorizationServerConfig, 'tokenFormat' | 'accessTokenSeconds' | 'unknownClients'>;

/** What becomes of a client that holds on to its id and comes to /authorize with it. */
const COMES_BACK: Readonly<Record<UnknownClients, string>> = {
  adopt: 'is taken in again, under its old id (adopted)',
  reject: 'is refused, on a page that says how to make it drop its id',
  reregister: 'gets one token that is void, so that it registers',
  'reject-200': 'has its code answered invalid_client with HTTP 200, so that it registers',
};

/** What a lever does and can't do, for a client of this standing. */
export function leverTexts(lever: ClientLever, standing: Standing, config: Config): LeverTexts {
  switch (lever) {
    case 'expire-tokens':
      return {
        label: 'Expire its access tokens',
        does:
          'Its access tokens end now; its refresh tokens and its registration live on. The MCP server answers 401 to' +
          ' its next request, and a client that has a refresh token uses it, without its user',
        cannot: [
          'It shows no refresh of VS Code, which on a 401 to its token drops its client_id too and begins afresh',
          ...lateAt(config),
        ],
      };
    case 'revoke':
      return {
        label: 'Revoke its tokens',
        does:
          'What its users allowed ends now, and with it every access and refresh token; its registration stays. The MCP' +
          ' server answers 401 to its next request, /token answers invalid_grant to a refresh, and its user is asked' +
          ' again',
        cannot: [
          'It makes no client register again but one that drops its client_id on a 401, as VS Code does',
          ...lateAt(config),
        ],
      };
    case 'forget':
      return standing === 'cimd' ? forgetsDocument(config) : forgetsRegistration(config);
    case 'new-epoch':
      return {
        label: 'Begin a new epoch',
        does:
          'This server becomes another one to every client: it gets an issuer that it never had, and knows no client but' +
          ' those that are configured, no token, and nobody who has signed in. Clients keep their registration by' +
          ' issuer, so they register again',
        cannot: [
          'It is for all clients, and not for one',
          'An MCP server outside demo mode does not follow: it has to be told of the new issuer with --auth-server',
          'A client that does not keep its client_id by issuer comes with the old one, which is unknown here now',
          ...(config.tokenFormat === 'jwt'
            ? [
                'A JWT of the old issuer is accepted until the MCP server has looked for the issuer again, as it does when a' +
                  ' client reads its resource metadata',
              ]
            : []),
        ],
      };
  }
}

function forgetsRegistration(config: Config): LeverTexts {
  return {
    label: 'Forget it',
    does:
      'Its registration is deleted, and what its users allowed ends, with every access and refresh token. The MCP server' +
      ' answers 401 to its next request, on which VS Code registers again; /token answers invalid_client to a refresh,' +
      ' on which clients do that are built with a TypeScript SDK and let go of what they kept',
    cannot: [
      'A client without a token notices nothing, and one that never lets go of its client_id (Python SDK, MCP Inspector' +
        ` 0.x and 1, Codex) comes back with it: such a one ${COMES_BACK[config.unknownClients]}`,
      ...lateAt(config),
    ],
  };
}

function forgetsDocument(config: Config): LeverTexts {
  return {
    label: 'Forget it',
    does:
      'Its metadata document is let go of, to be read again when it is needed, and what its users allowed ends, with' +
      ' every access and refresh token. The MCP server answers 401 to its next request',
    cannot: [
      'It does not make the client call /register: its client_id is the URL of its document, and it comes back with that' +
        ' as long as this server reads documents (--registration=preset,dcr ends that)',
      ...lateAt(config),
    ],
  };
}

/** Where the end of a token is seen later than now, or not at all. */
function lateAt({ tokenFormat, accessTokenSeconds }: Config): readonly string[] {
  return [
    ...(tokenFormat === 'jwt'
      ? [
          'A JWT that the MCP server verifies by its keys lives on until its exp, which is at most' +
            ` ${accessTokenSeconds} s away: nobody asks whether it has ended`,
        ]
      : []),
    'An MCP server that keeps answers of introspection (--introspection-cache) sees it so many seconds later',
  ];
}
