import { RS_USER_AGENT } from '../../shared/http/rs-user-agent.js';
import * as z from 'zod';
import { readText } from '../../shared/http/body.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { parseJson } from '../../shared/http/json.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { describeFailure, withinTime } from '../unavailable.js';
import { keySetLifeMilliseconds } from './key-set-life.js';

/** Products with many keys and a chain of certificates for each have some ten thousand. */
const MAX_BYTES = 256 * 1024;

/** A token that names no key is tried with all that fit. */
const MAX_KEYS = 100;

/** @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517 §5} */
const JWK_SET = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(MAX_KEYS) });

/** A set of keys as it was read. */
export interface KeySetDocument {
  readonly keys: z.output<typeof JWK_SET>['keys'];
  readonly text: string;
  /** for how long it is used without asking again */
  readonly lifeMilliseconds: number;
}

/** Why there are no keys. */
export interface KeySetFailure {
  readonly reason: RefusalReason;
  readonly detail: string;
  /** whether somebody answered, though not with keys */
  readonly answered: boolean;
}

/**
 * Reads the keys of an authorization server. Redirects are not followed: its metadata names the place.
 *
 * @param timeoutMs for all of it, in milliseconds
 */
export async function readKeySet(
  url: string,
  { fetch: get, timeoutMs }: { readonly fetch: Fetch; readonly timeoutMs: number },
): Promise<KeySetDocument | KeySetFailure> {
  try {
    return await withinTime(timeoutMs, async (signal) => {
      const headers = { accept: 'application/jwk-set+json, application/json', 'user-agent': RS_USER_AGENT };
      return documentIn(url, await get(url, { headers, signal, redirect: 'manual' }));
    });
  } catch (thrown) {
    const detail = `${describeFailure(thrown)} while reading the keys at ${url}`;
    return { reason: 'jwks_unreachable', detail, answered: false };
  }
}

async function documentIn(url: string, response: Response): Promise<KeySetDocument | KeySetFailure> {
  if (response.status !== 200) {
    await response.body?.cancel();
    return { reason: 'jwks_failed', detail: `${url} answered ${response.status}`, answered: true };
  }
  const text = await readLimited(response);
  const set = JWK_SET.safeParse(text === undefined ? undefined : parseJson(text));
  if (!set.success || text === undefined) {
    const detail =
      text === undefined
        ? `the keys at ${url} are larger than ${MAX_BYTES} bytes`
        : `${url} answered with something else than a JWK Set of up to ${MAX_KEYS} keys`;
    return { reason: 'jwks_malformed', detail, answered: true };
  }
  return { keys: set.data.keys, text, lifeMilliseconds: keySetLifeMilliseconds(response.headers) };
}

/** @returns undefined if there is too much of it */
async function readLimited(response: Response): Promise<string | undefined> {
  try {
    return await readText(response, MAX_BYTES);
  } catch (thrown) {
    if (thrown instanceof OAuthError) return undefined;
    throw thrown;
  }
}
