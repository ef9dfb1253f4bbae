import type { RequirementId } from '../requirements.js';

/** Something that this server does on purpose otherwise than a specification demands. */
export interface Deviation {
  /** the requirements that are not met while it is on */
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly what: string;
  /** what switches it on, in Markdown */
  readonly on: string;
  /** how to be rid of it, in Markdown */
  readonly off: string;
  readonly why: string;
}

/** All of them. Each is shown by a test that `deviates`, and what holds without it by one that `deviates.off`. */
export const DEVIATIONS = {
  'plain-http': {
    requirements: [
      'mcp-communication-oauth-2.1',
      'mcp-communication-https',
      'oauth2.1-1.5-protected',
      'oauth2.1-1.5-https',
      'rfc6750-5.2-confidential',
      'rfc7009-2-https',
      'rfc7591-3-tls',
      'rfc7591-5-tls',
      'rfc7592-2-tls',
      'rfc7592-5-tls',
      'rfc7662-2-tls',
      'rfc8414-2-issuer-https',
      'rfc8414-2-jwks-uri',
      'rfc8414-3-https',
      'rfc8414-6.1-confidential',
      'rfc9207-2-https',
    ],
    what: 'The issuer and all endpoints are served over plain http.',
    on: 'the default on loopback; elsewhere `--insecure-http`',
    off: '`--tls-cert` and `--tls-key`, or `--public-url https://…` with a reverse proxy or tunnel in front',
    why: 'On loopback nobody listens on the way, and a demo starts without a certificate.',
  },
  'any-loopback-port': {
    requirements: ['mcp-open-redirection-exact'],
    what: 'The port of a loopback redirect URI, `localhost` included, may differ from the registered one.',
    on: 'a client that registers a redirect URI on loopback',
    off: 'redirect URIs that are not on loopback',
    why: 'OAuth 2.1 §8.4.2 and RFC 8252 §7.3 demand it, and native clients listen where they find room.',
  },
  'unpinned-redirect-uris': {
    requirements: [
      'oauth2.1-2.3.1-register',
      'oauth2.1-2.3.1-exact',
      'oauth2.1-4.1.1-validate-redirect-uri',
      'oauth2.1-4.1.1-equal-redirect-uri',
      'rfc9700-2.1-exact-redirect-uri',
      'rfc9700-4.1.3-simple-string-comparison',
      'mcp-open-redirection-exact',
      'rfc8252-8.4-complete',
      'rfc8252-8.4-exact',
    ],
    what: 'A preset client without redirect URIs may use any on loopback, and those of known editors.',
    on: 'a preset client without `redirect_uris`, as `--client <id>` makes one',
    off: 'give the client its `redirect_uris` (`--clients <file>`)',
    why: 'To try a client that has an id already, nobody should have to find out its redirect URI first.',
  },
  adoption: {
    requirements: [
      'mcp-open-redirection-exact',
      'oauth2.1-2-registration',
      'oauth2.1-2.3.1-register',
      'oauth2.1-2.3.1-exact',
      'oauth2.1-4.1.1-validate-redirect-uri',
      'oauth2.1-4.1.2.1-no-redirect',
      'oauth2.1-7.12.2-no-redirect-to-invalid',
      'rfc9700-2.1-exact-redirect-uri',
      'rfc9700-4.11.2-no-redirect-to-invalid',
      'rfc8252-8.4-complete',
      'rfc8252-8.4-exact',
    ],
    what: 'An unknown client is taken in as a public one if its request has PKCE and leads to loopback or a known editor.',
    on: '`--unknown-clients=adopt`, the default in demo mode; `reregister` and `reject-200` too',
    off: '`--unknown-clients=reject`',
    why: 'A client that kept the id of a server that was restarted gets through, and the log shows why.',
  },
  'reject-200': {
    requirements: ['oauth2.1-3.2.4-400'],
    what: 'The first code of an adopted client is answered with `invalid_client` and status 200.',
    on: '`--unknown-clients=reject-200`',
    off: 'any other `--unknown-clients`',
    why: 'VS Code drops a stale client_id and registers again when it is told like this.',
  },
  'private-use-schemes': {
    requirements: [
      'mcp-communication-redirect-uris',
      'oauth2.1-2.3.1-private-use',
      'oauth2.1-2.3.1-period',
      'rfc8252-8.4-reverse-domain',
      'rfc8252-8.4-period',
    ],
    what: 'Redirect URIs with a private-use scheme can be registered; `cursor://…` of the editor is among them, which is no reversed domain name.',
    on: 'a client that registers such a redirect URI; for more schemes `--allow-redirect-scheme`',
    off: '`--registration=preset`, with redirect URIs on https or loopback only',
    why: 'Native clients have them (RFC 8252 §7.1), and Cursor has this one.',
  },
  'demo-password': {
    requirements: [
      'oauth2.1-3.1-authenticate-owner',
      'oauth2.1-7.7-guessing',
      'oauth2.1-7.7-passwords',
      'oauth2.1-7.12.2-authenticate-first',
      'rfc9700-4.11.2-authenticate-first',
    ],
    what: 'The one user, `demo_user`, signs in with any password.',
    on: 'demo mode without `--user` and `--users`',
    off: '`--user <name>:<password>` or `--users <file>`',
    why: 'It is the flow that is to be seen, not the password.',
  },
  'error-before-login': {
    requirements: ['oauth2.1-7.12.2-authenticate-first', 'rfc9700-4.11.2-authenticate-first'],
    what: 'A request that breaks a rule goes back to the client with an error at once, before anybody has signed in, if its redirect URI is trusted.',
    on: 'a redirect URI on loopback, of a known editor or of a preset client',
    off: 'any other redirect URI: a page says where the way back leads, and the user decides',
    why: 'Clients wait for the error (OAuth 2.1 §4.1.2.1), and a program on one’s own machine is no phishing site.',
  },
  'silent-answer': {
    requirements: [
      'oauth2.1-7.12.2-trusted-only',
      'rfc9700-4.11.2-trusted-only',
      'mcp-open-redirection-trusted',
    ],
    what: 'A request that wants no page (`prompt=none`) is answered at its redirect URI, trusted or not.',
    on: 'a client that registers by itself (`dcr`, `cimd`) and sends `prompt=none`',
    off: '`--registration=preset` and `--unknown-clients=reject`: every redirect URI is one that was configured',
    why: 'Who asks for silence waits for the answer (OpenID Connect Core §3.1.2.1), and a page would never be seen.',
  },
  'demo-rs-credentials': {
    requirements: [
      'oauth2.1-2.4-rely',
      'rfc7662-2.1-authorization',
      'rfc7662-4-authenticate',
      'rfc7662-4-authorized',
    ],
    what: 'A resource server may introspect with a pair of credentials that everybody can read in the source.',
    on: 'demo mode without `--rs-credentials`',
    off: '`--rs-credentials <id>:<secret>`',
    why: '`as` and `rs` find each other without a flag.',
  },
  'unplaced-resource-servers': {
    requirements: ['rfc7662-4-resource'],
    what: 'A resource server of which it is not known what it serves is told of tokens for any resource.',
    on: 'demo mode without `--rs-credentials`, or an id there that is no URL',
    off: '`--rs-credentials <url>:<secret>`, as in `https://mcp.example.com/mcp:secret`',
    why: 'It looks at `aud` itself, as MCP demands of it; one that does not do so can be shown, too.',
  },
  'open-introspection': {
    requirements: [
      'rfc7662-2.1-authorization',
      'rfc7662-4-authenticate',
      'rfc7662-4-authorized',
      'rfc7662-5-privacy',
    ],
    what: 'Anybody may introspect.',
    on: '`--open-introspection`',
    off: 'leave the flag out',
    why: 'For resource servers that cannot send credentials.',
  },
  'epoch-at-root': {
    requirements: ['mcp-discovery-issuer', 'rfc8414-3.3-issuer'],
    what: 'The metadata of an issuer with a path is at the root of its host too, where its issuer is not the one asked for.',
    on: '`--epoch <name>`, in demo mode',
    off: 'leave the flag out',
    why: 'The MCP server beside it finds the issuer of the new epoch, though it was told of another.',
  },
  'cimd-loopback': {
    requirements: ['cimd-3-https', 'cimd-6.5-private-addresses'],
    what: 'The metadata document of a client may be on this machine, over plain http too.',
    on: '`--cimd-allow-loopback`, in demo mode only',
    off: 'leave the flag out',
    why: 'Who writes a client can try its document before it is published.',
  },
  'document-unreadable': {
    requirements: ['oauth2.1-3.2.4-400', 'oauth2.1-3.2.4-error'],
    what: 'A token request that cannot be decided for now is answered 503 `temporarily_unavailable`.',
    on: 'a client whose metadata document or `jwks_uri` cannot be read for now (or, with keys, more assertions than can be remembered)',
    off: '`--registration=preset`, and clients without keys',
    why: 'After `invalid_client` the client would throw away its id and its refresh token over an outage.',
  },
  'refresh-grace': {
    requirements: ['oauth2.1-4.3.1-detect-replay', 'rfc9700-4.14.2-detect-replay'],
    what: 'A refresh token that was exchanged may be used again for a while, so that replay within it is not detected.',
    on: '`--refresh-grace <seconds>`',
    off: 'leave the flag out',
    why: 'Some clients refresh twice at the same time, and would lose the grant.',
  },
  'lax-audience': {
    requirements: [
      'rs.mcp-handling-audience',
      'rs.mcp-handling-own-only',
      'rs.mcp-audience-binding',
      'rs.mcp-privilege-reject',
      'rs.oauth2.1-5.2-resource',
      'rs.oauth2.1-7.1.4-audience',
      'rs.oauth2.1-7.3.2-audience',
      'rs.rfc9068-4-aud',
      'rs.rfc9700-2.3-audience',
    ],
    what: 'The MCP server accepts a token that was issued for another resource, and warns.',
    on: 'the default of `rs` with introspection; `--no-oauth-strict`',
    off: '`--oauth-strict`, the default of `all` and with `--verify=jwt` or `--audience`',
    why: 'The walkthrough shows by it what RFC 8707 is for.',
  },
  'plain-http-resource': {
    requirements: [
      'rs.mcp-communication-tls',
      'rs.oauth2.1-1.4.2-disclosure',
      'rs.oauth2.1-1.5-protected',
      'rs.oauth2.1-1.5-https',
      'rs.rfc9728-1.2-https',
    ],
    what: 'The MCP server and its metadata are served over plain http.',
    on: 'the default on loopback; elsewhere `--insecure-http`',
    off: '`--tls-cert` and `--tls-key`, or `--public-url https://…` with a reverse proxy or tunnel in front',
    why: 'On loopback nobody listens on the way, and a demo starts without a certificate.',
  },
  'accepted-types': {
    requirements: ['rs.rfc9068-4-typ'],
    what: 'The MCP server takes JWTs of another type for access tokens.',
    on: '`--accept-typ <type>`',
    off: 'leave the flag out',
    why: 'Some products type their access tokens `JWT`, or not at all.',
  },
  'stateless-disconnect': {
    requirements: ['rs.http2025-sending-disconnect'],
    what: 'A client of 2025 that disconnects has cancelled its request.',
    on: '`--sessions=stateless`',
    off: '`--sessions=stateful`, the default',
    why: 'Without a session nobody could cancel the request, and nobody could come back for its answer.',
  },
  'followed-issuer': {
    requirements: ['rs.rfc8414-3.3-issuer'],
    what: 'The MCP server takes an authorization server for the configured one though its issuer has another path.',
    on: 'demo mode, on the same loopback host and port',
    off: '`--public-url`, which ends demo mode',
    why: '`as --epoch` changes the issuer to watch what clients do, and the MCP server need not be started anew.',
  },
} as const satisfies Readonly<Record<string, Deviation>>;

export type DeviationId = keyof typeof DEVIATIONS;

/** Each SHOULD that is not met, and why. */
export const UNMET: readonly { readonly id: RequirementId; readonly why: string }[] = [
  {
    id: 'rs.rfc9700-2.2.1-sender-constrained',
    why: 'DPoP is a later step; until then access tokens are bearer tokens',
  },
  {
    id: 'rs.protocol-progress-rate',
    why: 'a tool tells of its progress as often as whoever wrote it wants; those that are built in tell of none',
  },
  {
    id: 'rs.protocol-logging-deprecated',
    why: 'tools are written once for both eras, and clients of 2025 know nothing else; those that are built in log nothing',
  },
  {
    id: 'rs.protocol-logging-rate',
    why: 'a tool logs as often as whoever wrote it wants; those that are built in log nothing',
  },
  {
    id: 'rs.protocol2025-cancellation-logged',
    why: 'the log tells of requests; a reason is any text that a client likes',
  },
  {
    id: 'rs.protocol2025-progress-rate',
    why: 'a tool tells of its progress as often as whoever wrote it wants; those that are built in tell of none',
  },
  {
    id: 'rs.protocol2025-logging-unknown-level',
    why: 'the SDK that serves these revisions refuses it with -32603; the message says what is wrong',
  },
  {
    id: 'rs.protocol2025-logging-rate',
    why: 'a tool logs as often as whoever wrote it wants; those that are built in log nothing',
  },
  {
    id: 'rs.oauth2.1-1.4.3-sender-constrained',
    why: 'DPoP is a later step; until then access tokens are bearer tokens',
  },
  {
    id: 'oauth2.1-1.4.3-sender-constrained',
    why: 'DPoP is a later step; until then access tokens are bearer tokens',
  },
  {
    id: 'rfc9700-2.2.1-sender-constrained',
    why: 'DPoP is a later step; until then access tokens are bearer tokens',
  },
  {
    id: 'rfc9700-4.9.3-sender-constrained',
    why: 'DPoP is a later step; until then access tokens are bearer tokens',
  },
  {
    id: 'rfc9700-4.10-constrained-and-restricted',
    why: 'they are audience-restricted; sender-constraining by DPoP is a later step',
  },
  { id: 'oauth2.1-7.10-allowed-origins', why: 'nobody may frame the pages, so there is no origin to allow' },
  { id: 'rfc9700-4.16-allowed-origins', why: 'nobody may frame the pages, so there is no origin to allow' },
  {
    id: 'rfc9700-4.2.4-no-third-party',
    why: 'nothing is loaded from elsewhere, but the consent page links to the pages that RFC 7591 §2 wants shown, at the client’s own hosts only and without a referrer',
  },
  {
    id: 'rfc7591-2-logo-uri',
    why: 'a picture that the client picks passes easily for another’s, and fetching it tells its host who is deciding: the pages load nothing',
  },
  {
    id: 'rfc7591-5-resolves',
    why: 'the server calls no address that anybody who registers may name',
  },
  {
    id: 'cimd-4.2-document-service',
    why: 'there is no such service; redirect URIs are not tied to the document’s origin, so any host can serve a document',
  },
];
