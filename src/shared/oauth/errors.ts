import { REASON_CODES, type ReasonCode } from './reason-codes.js';

/**
 * The error codes of the specifications that both servers answer with, grouped by their source.
 *
 * RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6, RFC 8707 §2, RFC 7591 §3.2.2, RFC 6750 §3.1, RFC 7009 §2.2.1.
 */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  invalid_scope: 400,
  access_denied: 403,
  login_required: 400,
  consent_required: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  invalid_target: 400,
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  unsupported_token_type: 400,
} as const;

/** An error code that goes onto the wire. */
export type OAuthErrorCode = keyof typeof STATUS;

/** A reason code; where nothing more exact is known, the error code itself. */
export type RefusalReason = ReasonCode | OAuthErrorCode;

/** All of them: there are no others, whatever clients send. */
export const REFUSAL_REASONS: readonly RefusalReason[] = [
  ...REASON_CODES,
  ...(Object.keys(STATUS) as OAuthErrorCode[]),
];

/** What an error may carry beside code and description. */
export interface OAuthErrorOptions {
  /** Where HTTP has a more exact status than the table, as 405, 413, 415 and 503. */
  readonly status?: number;
  /** Stable name of the cause, for log, trace and `docs/refusals.md`; never on the wire. */
  readonly reason?: RefusalReason;
  /** What only the operator may read; never on the wire. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error that goes to a client as `error` and `error_description`; anything else that is thrown is a `server_error`. */
export class OAuthError extends Error {
  readonly error: OAuthErrorCode;
  readonly status: number;
  readonly reason: RefusalReason;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param description what the client may know, in the characters that RFC 6749 allows (others are replaced) */
  constructor(error: OAuthErrorCode, description: string, options: OAuthErrorOptions = {}) {
    super(safeDescription(description), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OAuthError';
    this.error = error;
    this.status = options.status ?? STATUS[error];
    this.reason = options.reason ?? error;
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }

  get description(): string {
    return this.message;
  }
}

/**
 * The characters that `error_description` may hold; a quote or a backslash would also break a quoted-string in
 * `WWW-Authenticate`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 RFC 6749 §5.2}
 */
function safeDescription(text: string): string {
  return text
    .replace(/"/g, "'")
    .replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
    .slice(0, 500);
}

/** Turns whatever was thrown into an error for the wire; the text of an unknown one stays inside. */
export function toOAuthError(thrown: unknown): OAuthError {
  if (thrown instanceof OAuthError) return thrown;
  return new OAuthError('server_error', 'something went wrong here; the log of the server says what', {
    cause: thrown,
    detail: thrown instanceof Error ? thrown.message : String(thrown),
  });
}

/** The one place where an error becomes a JSON answer. */
export function errorResponse(error: OAuthError): Response {
  return Response.json(
    { error: error.error, error_description: error.description },
    { status: error.status, headers: { 'cache-control': 'no-store', pragma: 'no-cache', ...error.headers } },
  );
}
