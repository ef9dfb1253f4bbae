import { parseJson } from './json.js';
import { OAuthError } from '../oauth/errors.js';

/** No request to either server needs more; what is larger is answered 413. */
const MAX_BODY_BYTES = 64 * 1024;

/** The media type of a header value, in lower case and without its parameters; '' where there is none. */
export function mediaTypeOf(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** Who wants to know what was read. A body can be read only once, and a copy of each would cost more than most requests. */
const readers = new WeakMap<Request | Response, (text: string) => void>();

/** Tells `onRead` the body of a message once somebody has read it with {@link readText}; what nobody reads is not told. */
export function watchBody(message: Request | Response, onRead: (text: string) => void): void {
  readers.set(message, onRead);
}

/**
 * Reads a body up to a limit, so that an endless one costs no more than the limit.
 *
 * @param message a request or response
 * @param maxBytes size in bytes above which the reading stops
 * @throws OAuthError `invalid_request` with status 413, 415 for a request that is compressed, or 400 for one whose client
 *   went away in the middle of it
 */
export async function readText(
  message: Request | Response,
  maxBytes: number = MAX_BODY_BYTES,
): Promise<string> {
  if ('method' in message) expectNoCoding(message);
  try {
    const text = await readWithin(message, maxBytes);
    readers.get(message)?.(text);
    return text;
  } catch (thrown) {
    if (thrown instanceof OAuthError || !('method' in message)) throw thrown;
    throw new OAuthError('invalid_request', 'the body ended before all of it had come', {
      reason: 'body_incomplete',
      cause: thrown,
    });
  }
}

/**
 * A compressed body would be read as it came, and could stand for another one at somebody who unpacks it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-8.4 RFC 9110 §8.4}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 RFC 9110 §12.5.3} for what the answer says
 */
function expectNoCoding({ headers }: Request): void {
  const coding = headers.get('content-encoding');
  if (coding === null || /^(?:identity)?$/i.test(coding.trim())) return;
  throw new OAuthError('invalid_request', 'the body must not be compressed', {
    status: 415,
    reason: 'content_encoding_unsupported',
    headers: { 'accept-encoding': 'identity' },
  });
}

async function readWithin(message: Request | Response, maxBytes: number): Promise<string> {
  const declared = Number(message.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw bodyTooLarge(maxBytes);
  // Most bodies announce a small length, and are read whole at once. That of a compressed one says nothing of its size.
  if (declared > 0 && !message.headers.has('content-encoding')) {
    const text = await message.text();
    if (text.length > maxBytes) throw bodyTooLarge(maxBytes);
    return text;
  }
  return readStreamed(message, maxBytes);
}

async function readStreamed(message: Request | Response, maxBytes: number): Promise<string> {
  if (!message.body) return '';
  const reader = message.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw bodyTooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

function bodyTooLarge(maxBytes: number): OAuthError {
  return new OAuthError('invalid_request', `the body is larger than ${maxBytes} bytes`, {
    status: 413,
    reason: 'body_too_large',
  });
}

/**
 * Reads the parameters of a form request by the rules that OAuth puts on them: the media type is
 * `application/x-www-form-urlencoded`, a parameter without a value counts as omitted, and none but those in
 * `repeatable` comes twice.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 RFC 6749 §3.2}
 * @throws OAuthError `invalid_request` with status 415 (media type), 413 (size) or 400 (a duplicate, named)
 */
export async function readForm(
  request: Request,
  repeatable: ReadonlySet<string> = new Set(),
): Promise<Parameters> {
  return parseParameters(await readRawForm(request), repeatable);
}

/**
 * Reads a form as it was sent, for an endpoint that holds the rules of {@link readForm} against it by itself.
 *
 * @throws OAuthError `invalid_request` with status 415 (media type) or 413 (size)
 */
export async function readRawForm(request: Request): Promise<URLSearchParams> {
  expectMediaType(request, 'application/x-www-form-urlencoded');
  return new URLSearchParams(await readText(request));
}

function expectMediaType(request: Request, mediaType: string): void {
  if (mediaTypeOf(request.headers.get('content-type')) === mediaType) return;
  throw new OAuthError('invalid_request', `the body must be ${mediaType}`, {
    status: 415,
    reason: 'wrong_media_type',
  });
}

/** Parameters of a query or form: the first value of each, and all values of the repeatable ones. */
export interface Parameters {
  get(name: string): string | undefined;
  all(name: string): readonly string[];
}

/**
 * The rules of {@link readForm} for parameters that are at hand already, as in a query.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.1 RFC 6749 §3.1}
 * @throws OAuthError `invalid_request` that names every parameter included more than once
 */
export function parseParameters(
  sent: URLSearchParams,
  repeatable: ReadonlySet<string> = new Set(),
): Parameters {
  const values = new Map<string, string[]>();
  for (const [name, value] of sent) {
    if (value === '') continue;
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  const duplicates = [...values]
    .filter(([name, all]) => all.length > 1 && !repeatable.has(name))
    .map(([name]) => name);
  if (duplicates.length > 0) {
    throw new OAuthError('invalid_request', `sent more than once: ${duplicates.map(printable).join(', ')}`, {
      reason: 'duplicate_parameter',
    });
  }
  return {
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
  };
}

/** A name that came from outside, cut and freed of what has no place in an error text. */
function printable(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '?').slice(0, 40);
}

/**
 * Reads a JSON object.
 *
 * @throws OAuthError `invalid_request` with status 415 (media type), 413 (size) or 400 (not a JSON object)
 */
export async function readJsonObject(request: Request): Promise<Record<string, unknown>> {
  expectMediaType(request, 'application/json');
  const value = parseJson(await readText(request));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OAuthError('invalid_request', 'the body is not a JSON object', { reason: 'not_json' });
  }
  return value as Record<string, unknown>;
}
