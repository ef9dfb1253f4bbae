import type { KeySet } from '../clients/key-set.js';
import type { ClientOrigin, RegistrationRoute, WayOfTelling } from '../../shared/oauth/routes.js';
import type { ValidatedRedirectUri } from '../clients/redirect-uris.js';
import type { Jwk } from '../keys/key-pair.js';

/**
 * What is stored, by kind. Plain JSON; times in seconds since the epoch; secrets only as hashes. The one exception is the
 * signing key, which is of no use as a hash: it is encrypted where there is a `--store-key`, and otherwise who can read the
 * store of a server that issues JWTs can make tokens.
 */
export interface Records {
  /** clients that have been used */
  readonly client: ClientRecord;
  /** those that nobody has signed in for yet: anybody can make as many as they like, so they are kept apart */
  readonly unused_client: ClientRecord;
  /** the ids of clients that have deleted themselves, or were made to be forgotten */
  readonly deleted_client: DeletedClientRecord;
  readonly client_usage: ClientUsageRecord;
  /** adopted clients that were told to register, so that none is told twice */
  readonly told_to_register: ToldToRegisterRecord;
  readonly interaction: InteractionRecord;
  readonly session: SessionRecord;
  readonly grant: GrantRecord;
  readonly authorization_code: AuthorizationCodeRecord;
  readonly access_token: AccessTokenRecord;
  /** tokens that were issued to be refused; kept so that the log can say why they are */
  readonly void_token: VoidTokenRecord;
  readonly refresh_token: RefreshTokenRecord;
  readonly issued: IssuedRecord;
  readonly login_slot: LoginSlotRecord;
  readonly signing_key: SigningKeyRecord;
  readonly used_assertion: UsedAssertionRecord;
}

/** What kinds of records there are. */
export type Kind = keyof Records;

/** The kinds that can be listed, and the members that they are found by; every store keeps an index of these. */
export const INDEXED = {
  grant: ['sub', 'client_id'],
  access_token: ['client_id'],
  session: ['sub'],
  signing_key: [],
} as const satisfies { readonly [K in Kind]?: readonly (keyof Records[K])[] };

/** One of the kinds of {@link INDEXED}. */
export type ListedKind = keyof typeof INDEXED;

/** What anybody can have made, without signing in, as often as they like: the oldest of these can be told to go. */
export const TRIMMED = ['unused_client', 'deleted_client', 'interaction'] as const satisfies readonly Kind[];

/** One of the kinds of {@link TRIMMED}. */
export type TrimmedKind = (typeof TRIMMED)[number];

/**
 * What a client is registered with: the effective values, as the registration answered.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}
 */
export interface ClientMetadata {
  /** absent: any redirect URI on loopback, and those of known editors */
  readonly redirect_uris?: readonly string[];
  readonly token_endpoint_auth_method: string;
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly client_name?: string;
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly tos_uri?: string;
  readonly policy_uri?: string;
  readonly contacts?: readonly string[];
  readonly scope?: string;
  readonly software_id?: string;
  readonly software_version?: string;
  readonly application_type?: string;
  readonly jwks?: KeySet;
  readonly jwks_uri?: string;
}

/** A client, wherever it comes from. */
export interface ClientRecord {
  readonly client_id: string;
  readonly origin: ClientOrigin;
  readonly created_at: number;
  /** absent: a public client */
  readonly client_secret_hash?: string;
  /** when the client replaced its registration; absent: never */
  readonly updated_at?: number;
  /** only of a client that registered itself */
  readonly registration_access_token_hash?: string;
  readonly metadata: ClientMetadata;
}

/** A client that deleted its registration: its id stays refused. */
export interface DeletedClientRecord {
  readonly deleted_at: number;
  /** true if it was not the client that wanted it: then its id is unknown, and no more than that */
  readonly forgotten?: true;
}

/** How much a client was used. */
export interface ClientUsageRecord {
  /** codes redeemed */
  readonly flows: number;
  readonly last_used_at: number;
}

/** An adopted client that was told, once, to register. */
export interface ToldToRegisterRecord {
  readonly at: number;
  readonly way: WayOfTelling;
}

/** An authorization request that passed every rule. */
export interface AuthorizationRequest {
  readonly client_id: string;
  readonly redirect_uri: ValidatedRedirectUri;
  /** false if the request left it out, so that /token need not repeat it */
  readonly redirect_uri_sent: boolean;
  readonly state?: string;
  readonly code_challenge: string;
  readonly scope: string;
  readonly resource: readonly string[];
  /** values of `prompt`; empty: whatever is needed */
  readonly prompt: readonly string[];
  /** how long ago, in seconds, the user may have signed in at most */
  readonly max_age?: number;
  /** who the client believes that its user is */
  readonly login_hint?: string;
}

/** A page that waits for its user; the id is the form's CSRF token, hashed. */
export interface InteractionRecord {
  /** absent: nobody but the user asked, who wants to see their grants */
  readonly request?: AuthorizationRequest;
  /** hash of the cookie of the browser that the page was shown in */
  readonly browser_hash: string;
  /** who the consent page was shown to; absent: it is the login page that waits */
  readonly sub?: string;
  /** present once the consent page was answered: a second answer changes nothing */
  readonly decided?: 'allow' | 'deny';
}

/** Somebody who has signed in; the id is the cookie of their browser, hashed. */
export interface SessionRecord {
  readonly sub: string;
  /** when they signed in */
  readonly auth_time: number;
}

/** What a user allowed a client. Whatever was issued from it is valid only while this record lives. */
export interface GrantRecord {
  readonly client_id: string;
  readonly sub: string;
  readonly scope: string;
  readonly resource: readonly string[];
  readonly created_at: number;
  /** what the client called itself then */
  readonly client_name?: string;
  /** where the user was sent back to */
  readonly redirect_uri?: string;
  /** when tokens were last issued from it; absent while its code has not been redeemed */
  readonly last_used_at?: number;
}

/** A code that was not redeemed yet, and what it is bound to. */
export interface AuthorizationCodeRecord {
  readonly grant_id: string;
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly redirect_uri_sent: boolean;
  readonly code_challenge: string;
  readonly sub: string;
  readonly scope: string;
  readonly resource: readonly string[];
}

/** An access token that is good while its grant lives. */
export interface AccessTokenRecord {
  readonly grant_id: string;
  readonly client_id: string;
  readonly sub: string;
  readonly scope: string;
  readonly aud: readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

/** A token that was issued void, so that the log can say so when it comes. */
export interface VoidTokenRecord {
  readonly client_id: string;
}

/** A refresh token that was not exchanged yet. */
export interface RefreshTokenRecord {
  readonly grant_id: string;
  readonly client_id: string;
  readonly sub: string;
  readonly scope: string;
  readonly resource: readonly string[];
  /** the route of the flow that it came from */
  readonly route: RegistrationRoute;
  /** true once it was exchanged; with a grace it is kept that long, and may be exchanged again */
  readonly spent?: true;
  /** id of the one that it was exchanged for, whose grace ends when this one is used */
  readonly predecessor?: string;
}

/** Written with every code and refresh token, and that of a code outlives it: lets a second presentation find the grant. */
export interface IssuedRecord {
  readonly grant_id: string;
  readonly client_id: string;
  /** of a code: only who has the verifier for it presents it a second time */
  readonly code_challenge?: string;
  /** when the code or token ends that nobody has used */
  readonly expires_at: number;
}

/** Occupied while a password of this user name is checked, and for a while after too many wrong ones. */
export interface LoginSlotRecord {
  readonly until: number;
  /** a password is being checked; absent: there were too many wrong ones */
  readonly checking?: boolean;
}

/** What access tokens are signed with while its period lasts; see `keys/signing-keys.ts`. */
export interface SigningKeyRecord {
  /** thumbprint of the public key (RFC 7638) */
  readonly kid: string;
  readonly alg: string;
  /** a JWK as it is, or encrypted with the secret of `--store-key` (JWE, compact) */
  readonly private_key: Jwk | string;
  /** the first second in which it no longer signs; without rotation there is none, and it is NEVER */
  readonly signs_until: number;
  /** how long the tokens live that it signs; the longest, where that was changed */
  readonly token_seconds: number;
}

/** A client's assertion that was accepted; the id is the hash of its client and `jti`. */
export interface UsedAssertionRecord {
  readonly client_id: string;
}
