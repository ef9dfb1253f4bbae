import { readText } from '../../shared/http/body.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { parseJson } from '../../shared/http/json.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import {
  authorizationServerMetadata,
  type AuthorizationServerMetadata,
} from '../../shared/oauth/metadata.js';
import { authorizationServerMetadataLocations } from '../../shared/oauth/well-known.js';
import { describeFailure, withinTime } from '../unavailable.js';

/** An authorization server whose metadata was read. */
export interface FoundAuthorizationServer {
  /** in the spelling that it uses itself */
  readonly issuer: string;
  readonly introspectionEndpoint: string;
}

/** A look that failed, with the reason code of its cause. */
export interface Failure {
  readonly reason: RefusalReason;
  readonly detail: string;
}

export interface MetadataOptions {
  /** issuer as the user wrote it */
  readonly configured: string;
  /** whether another issuer of the same host is taken for it */
  readonly mayFollow: boolean;
  /** limit for the whole look, in milliseconds */
  readonly timeoutMs: number;
  readonly fetch: Fetch;
}

/**
 * Reads the metadata of an authorization server.
 *
 * @param stopped ends it early
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414 §3}
 */
export async function readMetadata(
  { configured, mayFollow, fetch: get, timeoutMs }: MetadataOptions,
  stopped: AbortSignal,
): Promise<FoundAuthorizationServer | Failure> {
  try {
    return await withinTime(
      timeoutMs,
      (signal) => {
        const read: Read = (issuer) => readOf(issuer, get, signal);
        return mayFollow ? readFollowing(configured, read) : readStrictly(configured, read);
      },
      stopped,
    );
  } catch (thrown) {
    return {
      reason: 'as_unreachable',
      detail: `${describeFailure(thrown)} while reading the metadata of ${configured}`,
    };
  }
}

/** A document at one of the places where the metadata of an issuer may be, whoever the issuer in it is. */
interface Document {
  readonly metadata: AuthorizationServerMetadata;
}

type Read = (issuer: string) => Promise<Document | Failure>;

/** The issuer must be the one that was asked for. */
async function readStrictly(issuer: string, read: Read): Promise<FoundAuthorizationServer | Failure> {
  const document = await read(issuer);
  return 'metadata' in document ? fromMetadata(issuer, document.metadata) : document;
}

/**
 * The same, but the authorization server may have another issuer than the configured one: a segment at the end of it, or
 * another one. The document that says so is a hint only: what counts is what stands at the places of
 * the issuer that it names.
 */
async function readFollowing(configured: string, read: Read): Promise<FoundAuthorizationServer | Failure> {
  const { origin } = new URL(configured);
  const own = await read(configured);
  if ('metadata' in own) return follow(configured, own.metadata, read);
  const root = configured === origin ? own : await read(origin);
  return 'metadata' in root ? follow(configured, root.metadata, read) : own;
}

async function follow(
  configured: string,
  hint: AuthorizationServerMetadata,
  read: Read,
): Promise<FoundAuthorizationServer | Failure> {
  if (isSameIssuer(hint.issuer, configured) || !isOnSameHost(hint.issuer, configured)) {
    return fromMetadata(configured, hint);
  }
  const there = await read(hint.issuer);
  return 'metadata' in there ? fromMetadata(hint.issuer, there.metadata) : fromMetadata(configured, hint);
}

/** @returns the first document of an issuer, or what was found at each of its places */
async function readOf(issuer: string, get: Fetch, signal: AbortSignal): Promise<Document | Failure> {
  const seen: string[] = [];
  for (const { url } of authorizationServerMetadataLocations(issuer)) {
    const answer = await readDocument(url, get, signal);
    if (typeof answer !== 'string') return { metadata: answer };
    seen.push(answer);
  }
  return { reason: 'as_metadata_not_found', detail: seen.join('; ') };
}

/** Whether two issuers are one but for a trailing slash: many products write it while their users leave it out. */
export function isSameIssuer(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '');
}

function isOnSameHost(issuer: string, configured: string): boolean {
  return URL.parse(issuer)?.origin === new URL(configured).origin;
}

/** @returns the metadata, or what is wrong with what is there */
async function readDocument(
  url: string,
  get: Fetch,
  signal: AbortSignal,
): Promise<AuthorizationServerMetadata | string> {
  const response = await get(url, { headers: { accept: 'application/json' }, signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    return `${url} answered ${response.status}`;
  }
  const parsed = authorizationServerMetadata.safeParse(parseJson(await readLimited(response)));
  return parsed.success ? parsed.data : `${url} answered with something else than metadata`;
}

/** A document that is too large counts as one that is not there. */
async function readLimited(response: Response): Promise<string> {
  try {
    return await readText(response);
  } catch (thrown) {
    if (thrown instanceof OAuthError) return '';
    throw thrown;
  }
}

/**
 * What is needed of metadata, if its issuer is the one that was asked for.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.3 RFC 8414 §3.3}
 */
function fromMetadata(
  configured: string,
  metadata: AuthorizationServerMetadata,
): FoundAuthorizationServer | Failure {
  const { issuer, introspection_endpoint: introspectionEndpoint } = metadata;
  if (!isSameIssuer(issuer, configured)) {
    return {
      reason: 'as_issuer_mismatch',
      detail: `the metadata at ${configured} is of the issuer ${issuer}; set --auth-server to that`,
    };
  }
  if (introspectionEndpoint === undefined) {
    return {
      reason: 'introspection_endpoint_missing',
      detail: `the metadata of ${issuer} names no introspection_endpoint`,
    };
  }
  if (isDowngraded(configured, introspectionEndpoint)) {
    return {
      reason: 'introspection_endpoint_insecure',
      detail: `the metadata of ${issuer} names an introspection_endpoint without https: ${introspectionEndpoint}`,
    };
  }
  return { issuer, introspectionEndpoint };
}

/**
 * Tokens and this server's own credentials go to the endpoint: who has chosen https for the issuer means that too.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-4 RFC 7662 §4}
 */
function isDowngraded(issuer: string, endpoint: string): boolean {
  return new URL(issuer).protocol === 'https:' && new URL(endpoint).protocol !== 'https:';
}
