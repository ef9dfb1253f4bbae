import type { IncomingMessage } from 'node:http';
import type { ReasonCode } from '../shared/oauth/reason-codes.js';

/** Why a request is not passed on. */
export interface RequestFault {
  readonly status: 400 | 417 | 431 | 501;
  /** for the log */
  readonly reason: ReasonCode;
  /** for its sender */
  readonly text: string;
}

/** No client sends nearly as many. */
const MAX_HEADERS = 100;

/** What decides something here, and is one thing only: what is in front may go by another one of several. */
const SINGLE = ['host', 'authorization', 'cookie', 'origin', 'content-type', 'content-encoding'] as const;

/**
 * Finds what Node's parser lets through, and what programs on the way could read in another way than we do. Such a request
 * is refused and its connection ended, so that nothing can be hidden from a proxy: neither a request in the body of
 * another one, nor a path behind another one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-11.2 RFC 9112 §11.2, request smuggling}
 * @returns undefined if there is nothing to be said against it
 */
export function faultOf(request: IncomingMessage): RequestFault | undefined {
  return headersFault(request) ?? framingFault(request) ?? targetFault(request.url ?? '');
}

function headersFault({ rawHeaders }: IncomingMessage): RequestFault | undefined {
  if (rawHeaders.length / 2 > MAX_HEADERS)
    return {
      status: 431,
      reason: 'request_headers_too_large',
      text: `there are more than ${MAX_HEADERS} headers`,
    };
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (seen.has(name) && SINGLE.some((single) => single === name))
      return { status: 400, reason: 'request_ambiguous', text: `there is more than one ${name} header` };
    seen.add(name);
  }
  return seen.has('host')
    ? undefined
    : { status: 400, reason: 'request_malformed', text: 'there is no host header' };
}

/**
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-6.1 RFC 9112 §6.1} for the transfer coding
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1 RFC 9110 §9.3.1} for the content of a GET
 */
function framingFault({ headers, httpVersion, method }: IncomingMessage): RequestFault | undefined {
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && httpVersion !== '1.1')
    return { status: 400, reason: 'request_ambiguous', text: 'HTTP/1.0 has no transfer coding' };
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return { status: 501, reason: 'request_not_supported', text: 'the only transfer coding here is chunked' };
  const hasContent = coding !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasContent && (method === 'GET' || method === 'HEAD'))
    return { status: 400, reason: 'request_ambiguous', text: `${method} has no content` };
  return undefined;
}

/** Of the path: what stands for itself needs no escape, and what divides or ends a path elsewhere may have none. */
const NEEDLESS_ESCAPE = /%(?:[01][0-9a-f]|7f|2[def]|3[0-9]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9ae])/i;

/**
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-3.2 RFC 9112 §3.2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2 RFC 3986 §6.2.2}
 */
function targetFault(target: string): RequestFault | undefined {
  if (target.includes('#'))
    return { status: 400, reason: 'request_ambiguous', text: 'a request target has no fragment' };
  const [, authority = '', path = ''] = /^(?:https?:\/\/([^/?]*))?([^?]*)/i.exec(target) ?? [];
  if (authority.includes('@'))
    return { status: 400, reason: 'request_ambiguous', text: 'a request target has no user name' };
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(path))
    return { status: 400, reason: 'request_ambiguous', text: 'the path has dot segments' };
  if (path.includes('\\'))
    return { status: 400, reason: 'request_ambiguous', text: 'the path has a backslash' };
  if (!path.includes('%')) return undefined;
  return NEEDLESS_ESCAPE.test(path) || !isUtf8(path)
    ? {
        status: 400,
        reason: 'request_ambiguous',
        text: 'the path has escapes that others may read in another way',
      }
    : undefined;
}

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
