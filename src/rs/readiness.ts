import { PROBE_PATIENCE_MILLISECONDS, type Readiness } from '../shared/http/health.js';
import { isThere } from './metadata-document.js';
import { withinTime } from './unavailable.js';
import type { Issuer } from './verifiers/in-turn.js';
import type { IssuerVerifier } from './verifiers/token-verifier.js';

/** For how long what a look found counts, in milliseconds: however often probes come, nobody is asked more often. */
const FRESH_MILLISECONDS = { found: 5000, missing: 1000 } as const;

/**
 * Looks whether this server can tell good tokens from bad ones, of one authorization server at least.
 * One of several is enough, for those whose tokens are of another one must not be turned away.
 *
 * @param stopping fires when this server is about to stop
 * @param milliseconds monotonic
 */
export function createReadiness(
  issuers: readonly Issuer[],
  stopping: AbortSignal,
  milliseconds: () => number,
): () => Promise<Readiness> {
  const looks = issuers.map(({ verifier }) => createLook(verifier, milliseconds));
  return async () => {
    if (stopping.aborted) return { status: 'stopping' };
    const found = await Promise.all(looks.map((look) => look()));
    const missing = issuers.filter((_, at) => !found[at]).map(({ server }) => server.issuer());
    return { status: missing.length < issuers.length ? 'ok' : 'no_authorization_server', missing };
  };
}

/** @returns a function that says whether tokens of an issuer could be verified lately */
function createLook(
  verifier: Pick<IssuerVerifier, 'probe'>,
  milliseconds: () => number,
): () => Promise<boolean> {
  let found = false;
  let freshUntil: number | undefined;
  return async () => {
    if (freshUntil !== undefined && milliseconds() < freshUntil) return found;
    found = await isThere(() => withinTime(PROBE_PATIENCE_MILLISECONDS, verifier.probe));
    freshUntil = milliseconds() + FRESH_MILLISECONDS[found ? 'found' : 'missing'];
    return found;
  };
}
