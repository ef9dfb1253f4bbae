import type { GrantType } from '../../shared/oauth/grant-types.js';
import type { RegistrationMechanism } from '../../shared/oauth/registration-mechanisms.js';
import type { UnknownClients } from '../clients/told-to-register.js';

/** What {@link createAuthorizationServer} is told; only `issuer` has no default. */
export interface AuthorizationServerOptions {
  /** the URL under which clients reach it, without a trailing slash; spelled like this everywhere */
  readonly issuer: string;
  /** whether the issuer may be plain http on another host than this machine; default false */
  readonly insecureHttp?: boolean;
  /**
   * Demo mode only: whether the metadata is at the root of the issuer's host too, though the issuer has a path, so that
   * who knows only the host finds it. Its `issuer` is not the URL it was asked for under, so a strict reader takes it as
   * a hint of where to look. Default false.
   */
  readonly metadataAtRoot?: boolean;
  /**
   * Whether conveniences that only one's own machine may have are on: any password, adoption of unknown clients, known
   * credentials for introspection, any resource, client evidence. Requests under a name that is not loopback are
   * refused then. Default false.
   */
  readonly demoMode?: boolean;
  /** what can be granted, `offline_access` apart; default `['user']` */
  readonly scopes?: readonly string[];
  /** those of `scopes` that a request gets which names none; default all */
  readonly defaultScopes?: readonly string[];
  /** how clients can become known; default: in every way. What is left out is absent, in the metadata too. */
  readonly registration?: readonly RegistrationMechanism[];
  /**
   * schemes of apps that redirect URIs may have, as `myapp`, beside reversed domain names and known editors; default
   * none
   */
  readonly redirectSchemes?: readonly string[];
  /** `host` or `host:port`, from which alone metadata documents are taken; default: every public one */
  readonly cimdTrust?: readonly string[];
  /** demo mode only, and outside the draft: metadata documents may be on this machine, over plain http too */
  readonly cimdAllowLoopback?: boolean;
  /** each a {@link PresetClient}; validated here */
  readonly clients?: readonly unknown[];
  /**
   * What is done about a client_id that is not known here. All but `reject` are for demo mode. Default `adopt` where
   * clients can register by themselves anyway, else `reject`.
   *
   * - `adopt`: it is taken in as a public client
   * - `reject`: it is refused, on a page that says what to do
   * - `reregister`: as `adopt`, but its first token is void, so that the MCP server answers 401 and the client registers
   * - `reject-200`: as `adopt`, but its first code is answered `invalid_client` with HTTP 200, which some clients act on;
   *   RFC 6749 §5.2 has no such answer
   */
  readonly unknownClients?: UnknownClients;
  /** each a {@link User}; validated here. Outside demo mode there must be one. */
  readonly users?: readonly unknown[];
  /** resources that tokens may be for; the only one is the default audience */
  readonly resources?: readonly string[];
  /**
   * What resource servers show at the introspection endpoint; in demo mode a known pair unless given. One whose id is a
   * URL is the resource at that URL: tokens for others are inactive to it.
   */
  readonly rsCredentials?: readonly { readonly id: string; readonly secret: string }[];
  /** demo mode only: anybody may introspect */
  readonly openIntrospection?: boolean;
  /** whether access tokens mean nothing by themselves, or are JWTs (RFC 9068); default `opaque` */
  readonly tokenFormat?: 'opaque' | 'jwt';
  /** what JWTs are signed with; default `ES256` */
  readonly signingAlg?: 'ES256' | 'RS256';
  /** how long one key signs JWTs; default: for ever */
  readonly rotateKeysEverySeconds?: number;
  /**
   * what signing keys are encrypted with in the store: each at least 32 random bytes, as hex or base64url; the first
   * encrypts, all decrypt. Default: none, and who can read the store can make JWTs
   */
  readonly storeKeys?: readonly string[];
  /** how many clients there may be that registered, or were adopted, and that nobody has signed in for; default 100,000 */
  readonly maxRegistrations?: number;
  /** grant types that are served; `authorization_code` must be among them. Default: that and `refresh_token` */
  readonly grants?: readonly GrantType[];
  /** how long a refresh token that was used may be used again; default 0: a second use ends the grant */
  readonly refreshGraceSeconds?: number;
  /** default 3600 */
  readonly accessTokenSeconds?: number;
  /** default 60 */
  readonly codeSeconds?: number;
  /** since the last use; default 30 days */
  readonly refreshTokenSeconds?: number;
  /** origins of web pages that may call it, beside those on this machine */
  readonly allowOrigins?: readonly string[];
  /**
   * Whether requests are limited by the address that they come from, the `peer` of `fetch`; those without one are counted
   * together. Default: unless in demo mode.
   */
  readonly rateLimit?: boolean;
}
