import { STATUS_CODES } from 'node:http';
import { mediaTypeOf } from '../../shared/http/body.js';
import { CONCURRENT_STEPS } from '../trace/concurrent-steps.js';
import type { FlowDocument, FlowStep, TracedExchange } from '../trace/trace.js';
import { jsonText } from './json-text.js';
import { percentEncoded } from './percent-encoded.js';
import { stepNumber, STEP_TEXTS } from '../trace/step-texts.js';

/** HAR wants a name for it; Node's fetch speaks nothing else. */
const HTTP_VERSION = 'HTTP/1.1';

/** Says of a size or a time that it is not known. */
const UNKNOWN = -1;

/** The media type of a response that names none. */
const NO_MEDIA_TYPE = 'x-unknown';

type Body = TracedExchange['request']['body'];
type Headers = TracedExchange['request']['headers'];

/**
 * A flow as an HTTP archive, for the network panels of browsers and for proxies: an entry for each exchange, and a page
 * for each step. What went by way of a browser that is not ours was not seen as an exchange; its URL is in the comment of
 * the page. Names with an underscore are ours, as the format allows.
 *
 * @see {@link http://www.softwareishard.com/blog/har-12-spec/ HAR 1.2}
 */
export function renderHar(document: FlowDocument): string {
  const { generator, target, outcome, exchanges, watched } = document;
  const starts = startsOf(document);
  const steps = document.steps.filter((step) => step.outcome !== 'skipped');
  return jsonText({
    log: {
      version: '1.2',
      creator: generator,
      pages: steps.map((step) => pageOf(step, document, starts)),
      entries: exchanges.map((exchange, index) => entryOf(exchange, starts[index]!, steps)),
      comment: `${watched === null ? 'Flow' : `Watched flow ${watched.flow}`} of ${target}: ${outcome}. Secrets are replaced by fingerprints, cookies are left out.`,
    },
  });
}

/**
 * When each exchange began, in milliseconds. Servers and proxies tell it to the millisecond, the client to the second; in most
 * steps it sends one request after the other, so that none began before the one before it had ended.
 */
function startsOf({ exchanges, started_at }: FlowDocument): readonly number[] {
  const begin = Date.parse(started_at);
  let free = Number.isNaN(begin) ? 0 : begin;
  return exchanges.map(({ at, milliseconds, step, observed_by: observer }) => {
    const second = Date.parse(at);
    const isExact = observer !== 'client' && !Number.isNaN(second);
    const start = isExact ? second : Number.isNaN(second) ? free : Math.max(second, free);
    free = CONCURRENT_STEPS.has(step) ? start : start + milliseconds;
    return start;
  });
}

function pageOf(
  step: FlowStep,
  { exchanges, front_channel, started_at }: FlowDocument,
  starts: readonly number[],
) {
  const first = exchanges.findIndex((exchange) => isWithin(step, exchange.sequence));
  const messages = front_channel.filter(({ sequence }) => isWithin(step, sequence));
  const start = starts[first];
  return {
    startedDateTime: isoTime(start ?? Date.parse(started_at)),
    id: pageId(step),
    title: `${stepNumber(step.id)} ${STEP_TEXTS[step.id].title}`,
    pageTimings: { onContentLoad: UNKNOWN, onLoad: UNKNOWN },
    ...(messages.length > 0 && { comment: messages.map(({ kind, url }) => `${kind}: ${url}`).join('\n') }),
  };
}

function pageId({ id, sequence }: FlowStep): string {
  return `${id}-${sequence}`;
}

function isWithin({ sequence, until }: FlowStep, place: number): boolean {
  return sequence < place && place < until;
}

function entryOf(exchange: TracedExchange, start: number, steps: readonly FlowStep[]) {
  const { sequence, step, from, to, milliseconds, request, response, error } = exchange;
  const { reason_code: reason, linked_by: linked, observed_by: observer } = exchange;
  const page = steps.find((one) => isWithin(one, sequence));
  return {
    ...(page && { pageref: pageId(page) }),
    startedDateTime: isoTime(start),
    time: milliseconds,
    request: requestOf(request),
    response: response ? responseOf(response) : noResponse(error),
    cache: {},
    timings: {
      blocked: UNKNOWN,
      dns: UNKNOWN,
      connect: UNKNOWN,
      ssl: UNKNOWN,
      send: 0,
      wait: milliseconds,
      receive: 0,
    },
    comment: `${sequence}: ${step}, ${from} to ${to}${reason === null ? '' : `, refused: ${reason}`}`,
    _sequence: sequence,
    _step: step,
    _from: from,
    _to: to,
    ...(observer !== 'client' && { _observed_by: observer }),
    ...(reason !== null && { _reason_code: reason }),
    ...(linked !== null && { _linked_by: linked }),
  };
}

function requestOf({ method, url, headers, body }: TracedExchange['request']) {
  const uri = uriOf(url);
  return {
    method,
    url: uri,
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: pairs(headers),
    queryString: [...(URL.parse(url)?.searchParams ?? [])].map(([name, value]) => ({ name, value })),
    ...(body !== null && { postData: postDataOf(headers, body) }),
    headersSize: UNKNOWN,
    bodySize: body === null ? 0 : UNKNOWN,
    ...(uri !== url && { comment: url }),
  };
}

/** A server can name anything as a URL; an archive with one that is none is refused as a whole. */
function uriOf(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || parsed.origin === 'null') return 'about:invalid';
  const { origin, pathname, search, hash } = parsed;
  return `${origin}${encoded(pathname)}${encoded(search)}${hash && `#${encoded(hash.slice(1))}`}`;
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-3.3 RFC 3986 §3.3} */
function encoded(part: string): string {
  return part
    .replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]/gu, percentEncoded)
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25');
}

/** A form is there as its fields and as text, as browsers export it: they import the text only. */
function postDataOf(headers: Headers, body: Body) {
  const mimeType = headers['content-type'] ?? '';
  const isForm = mediaTypeOf(mimeType) === 'application/x-www-form-urlencoded';
  if (!isForm || typeof body !== 'object' || body === null) return { mimeType, text: textOf(body) };
  const params = Object.entries(body).flatMap(([name, value]) =>
    [value].flat().map((one) => ({ name, value: textOf(one) })),
  );
  const fields = params.map(({ name, value }): [string, string] => [name, value]);
  return { mimeType, params, text: new URLSearchParams(fields).toString() };
}

function responseOf({ status, headers, body, truncated }: NonNullable<TracedExchange['response']>) {
  const text = body === null ? '' : textOf(body);
  return {
    status,
    statusText: STATUS_CODES[status] ?? '',
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: pairs(headers),
    content: {
      size: Buffer.byteLength(text),
      mimeType: headers['content-type'] ?? NO_MEDIA_TYPE,
      text,
      ...(truncated && { comment: 'there was more, which was not read' }),
    },
    redirectURL: headers['location'] ?? '',
    headersSize: UNKNOWN,
    bodySize: body === null ? 0 : UNKNOWN,
  };
}

/** As browsers write it: status 0, and the reason in a member of their own. */
function noResponse(error: string | null) {
  return {
    status: 0,
    statusText: '',
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: NO_MEDIA_TYPE },
    redirectURL: '',
    headersSize: UNKNOWN,
    bodySize: UNKNOWN,
    _error: error ?? 'no response',
  };
}

function pairs(headers: Headers) {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

function textOf(body: Body): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** A saved trace may say anything; a time that is none becomes the epoch. */
function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
