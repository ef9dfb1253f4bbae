import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { AuthorizationServerMetadata } from '../../shared/oauth/metadata.js';
import type { Verification } from '../config/options.js';

/** An authorization server whose metadata was read. */
export interface FoundAuthorizationServer {
  /** in the spelling that it uses itself */
  readonly issuer: string;
  /** what tokens are verified by: the URL of its introspection endpoint, or that of its keys */
  readonly verificationUrl: string;
  /** how its introspection endpoint lets resource servers authenticate, if the metadata says so */
  readonly introspectionAuthMethods?: readonly string[] | undefined;
}

/** A look that failed, with the reason code of its cause. */
export interface Failure {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** What each way to verify tokens needs of the metadata, and what is said where it is not there. */
const NEEDS = {
  introspection: {
    member: 'introspection_endpoint',
    missing: 'introspection_endpoint_missing',
    insecure: 'introspection_endpoint_insecure',
    remedy: '--verify=jwt needs none, --introspection-endpoint names one',
  },
  jwt: {
    member: 'jwks_uri',
    missing: 'jwks_uri_missing',
    insecure: 'jwks_uri_insecure',
    remedy: '--verify=introspection needs none',
  },
} as const satisfies Record<
  Verification,
  Readonly<Record<'member' | 'missing' | 'insecure' | 'remedy', string>>
>;

/**
 * The member of the metadata that a way to verify tokens needs.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export function memberFor<V extends Verification>(verify: V): (typeof NEEDS)[V]['member'] {
  return NEEDS[verify].member;
}

/** Whether two issuers are one but for a trailing slash: many products write it while their users leave it out. */
export function isSameIssuer(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '');
}

/** Whether an issuer, which may come from outside, is at the place of a known one: scheme, host and port. */
export function isOnSameHost(issuer: string, known: string): boolean {
  return URL.parse(issuer)?.origin === new URL(known).origin;
}

/**
 * What is needed of metadata, if its issuer is the one that was asked for.
 *
 * @param asked the issuer at whose well-known places the metadata was
 * @param options `insecureHttp` lets an issuer that is plain http itself name such a URL on another host;
 *   `configuredUrl` stands in for the URL that the metadata names
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.3 RFC 8414 §3.3}
 */
export function foundFrom(
  asked: string,
  metadata: AuthorizationServerMetadata,
  {
    verify,
    insecureHttp,
    configuredUrl,
  }: {
    readonly verify: Verification;
    readonly insecureHttp: boolean;
    readonly configuredUrl?: string | undefined;
  },
): FoundAuthorizationServer | Failure {
  const { issuer } = metadata;
  if (!isSameIssuer(issuer, asked)) {
    return {
      reason: 'as_issuer_mismatch',
      detail: `the metadata at ${asked} is of the issuer ${issuer}; set --auth-server to that`,
    };
  }
  const { member, missing, insecure, remedy } = NEEDS[verify];
  const introspectionAuthMethods = metadata.introspection_endpoint_auth_methods_supported;
  // The operator may know of a way inside their network that outsiders need not know.
  if (configuredUrl !== undefined) {
    return { issuer, verificationUrl: configuredUrl, introspectionAuthMethods };
  }
  const verificationUrl = metadata[member];
  if (verificationUrl === undefined) {
    return { reason: missing, detail: `the metadata of ${issuer} names no ${member} (${remedy})` };
  }
  if (isInsecure(verificationUrl, asked, insecureHttp)) {
    return {
      reason: insecure,
      detail: `the metadata of ${issuer} names, as ${member}, a URL without https: ${verificationUrl}`,
    };
  }
  return { issuer, verificationUrl, introspectionAuthMethods };
}

/**
 * Tokens and this server's own credentials go to the introspection endpoint, and keys decide what a good token is: who
 * has chosen https for the issuer means that too, and who has not means this machine.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-4 RFC 7662 §4}
 */
function isInsecure(url: string, issuer: string, insecureHttp: boolean): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return false;
  return new URL(issuer).protocol === 'https:' || !(insecureHttp || isLoopbackHost(hostname));
}
