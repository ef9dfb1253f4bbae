import { RS_USER_AGENT } from '../../shared/http/rs-user-agent.js';
import { readText } from '../../shared/http/body.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { parseJson } from '../../shared/http/json.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import {
  authorizationServerMetadata,
  type AuthorizationServerMetadata,
} from '../../shared/oauth/metadata.js';
import { authorizationServerMetadataLocations } from '../../shared/oauth/well-known.js';
import type { Verification } from '../config/options.js';
import { describeFailure, withinTime } from '../unavailable.js';
import {
  type Failure,
  type FoundAuthorizationServer,
  foundFrom,
  isOnSameHost,
  isSameIssuer,
} from './found.js';

export interface MetadataOptions {
  /** issuer as the user wrote it */
  readonly configured: string;
  /** whether another issuer of the same host is taken for it */
  readonly mayFollow: boolean;
  /** how tokens are verified, which says what the metadata must name */
  readonly verify: Verification;
  /** whether an issuer without https may name a URL without it on another host */
  readonly insecureHttp: boolean;
  /** the introspection endpoint, where the metadata is not to name it */
  readonly introspectionEndpoint?: string | undefined;
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
  {
    configured,
    mayFollow,
    verify,
    insecureHttp,
    introspectionEndpoint,
    fetch: get,
    timeoutMs,
  }: MetadataOptions,
  stopped: AbortSignal,
): Promise<FoundAuthorizationServer | Failure> {
  try {
    const answer = await withinTime(
      timeoutMs,
      (signal) => {
        const read: Read = (issuer) => readOf(issuer, get, signal);
        return mayFollow ? readFollowing(configured, read) : read(configured);
      },
      stopped,
    );
    return 'metadata' in answer
      ? foundFrom(answer.asked, answer.metadata, {
          verify,
          insecureHttp,
          configuredUrl: introspectionEndpoint,
        })
      : answer;
  } catch (thrown) {
    return {
      reason: 'as_unreachable',
      detail: `${describeFailure(thrown)} while reading the metadata of ${configured}`,
    };
  }
}

/** A document at one of the places where the metadata of an issuer may be, whoever the issuer in it is. */
interface Document {
  /** the issuer that the document has to be of */
  readonly asked: string;
  readonly metadata: AuthorizationServerMetadata;
}

type Read = (issuer: string) => Promise<Document | Failure>;

/**
 * The authorization server may have another issuer than the configured one: a segment at the end of it, or another one.
 * The document that says so is a hint only: what counts is what stands at the places of the issuer that it names.
 */
async function readFollowing(configured: string, read: Read): Promise<Document | Failure> {
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
): Promise<Document | Failure> {
  const unchanged = { asked: configured, metadata: hint };
  if (isSameIssuer(hint.issuer, configured) || !isOnSameHost(hint.issuer, configured)) return unchanged;
  const there = await read(hint.issuer);
  return 'metadata' in there ? there : unchanged;
}

/** @returns the first document of an issuer, or what was found at each of its places */
async function readOf(issuer: string, get: Fetch, signal: AbortSignal): Promise<Document | Failure> {
  const seen: string[] = [];
  for (const { url } of authorizationServerMetadataLocations(issuer)) {
    const answer = await readDocument(url, get, signal);
    if (typeof answer !== 'string') return { asked: issuer, metadata: answer };
    seen.push(answer);
  }
  return { reason: 'as_metadata_not_found', detail: seen.join('; ') };
}

/**
 * A redirect is an answer like any other that is not 200: who is trusted is the host that the issuer names.
 *
 * @returns the metadata, or what is wrong with what is there
 */
async function readDocument(
  url: string,
  get: Fetch,
  signal: AbortSignal,
): Promise<AuthorizationServerMetadata | string> {
  const response = await get(url, {
    headers: { accept: 'application/json', 'user-agent': RS_USER_AGENT },
    signal,
    redirect: 'manual',
  });
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
