import { OAuthError, type RefusalReason } from '../shared/oauth/errors.js';

/** Seconds after which a client may try again; longer than the pause between two looks for the authorization server. */
const RETRY_AFTER_SECONDS = 2;

/**
 * The error for a request whose token can't be verified now. It is never access, and never `invalid_token` either:
 * clients throw away what they hold when they are told that a token is bad.
 *
 * @param reason stable reason code
 * @param detail what the operator may know
 */
export function tokenNotVerifiable(reason: RefusalReason, detail: string): OAuthError {
  return new OAuthError(
    'temporarily_unavailable',
    'the token cannot be verified now, because the authorization server cannot be asked; try again',
    { reason, detail, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
  );
}

/**
 * Runs something that waits for the network, for a limited time even if it does not heed its signal.
 *
 * @param milliseconds the limit
 * @param until ends it before that
 * @throws Error `no answer within … ms` when the time is over, `stopped` when it was ended
 */
export async function withinTime<T>(
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<T>,
  until?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  const ending = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    const end = (message: string) => () => {
      reject(new Error(message));
      controller.abort();
    };
    const timer = setTimeout(end(`no answer within ${milliseconds} ms`), milliseconds);
    ending.signal.addEventListener('abort', () => clearTimeout(timer));
    until?.addEventListener('abort', end('stopped'), { signal: ending.signal });
  });
  try {
    return await Promise.race([run(controller.signal), ended]);
  } finally {
    ending.abort();
  }
}

/** What Node calls a certificate that somebody made for themselves, as for a demonstration. */
const SIGNED_BY_NOBODY = /SELF_SIGNED|^UNABLE_TO_(VERIFY|GET_ISSUER)/;

/** The reason behind what a network call threw, in a few words: `fetch` hides it in `cause`. */
export function describeFailure(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown failure';
  const cause = thrown.cause instanceof Error ? thrown.cause : thrown;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  if (code !== undefined && SIGNED_BY_NOBODY.test(code))
    return `its certificate is signed by nobody that is trusted here (${code}; NODE_EXTRA_CA_CERTS=<file.pem> adds one)`;
  return code ?? (cause.message || cause.name);
}
