import { STATUS_CODES } from 'node:http';
import { mediaTypeOf } from '../../shared/http/body.js';
import type { TracedExchange } from '../trace/trace.js';
import { cutShort } from './cut-short.js';
import { jsonLines } from './json-lines.js';
import { cut, wrapped, wrappedSpans } from './layout.js';
import type { Style } from './style.js';
import { tellingPart } from './telling.js';

/** The headers that tell something about authorization. */
const TELLING = new Set([
  'authorization',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'mcp-session-id',
  'www-authenticate',
  'location',
  'retry-after',
]);

/** So many lines of a body are shown, unless all are asked for. */
const MAX_BODY_LINES = 16;

/** So much of the text of a page is shown, unless all is asked for. */
const MAX_PAGE_CHARACTERS = 200;

const INDENT = '     ';

/** The lines that show one exchange: what went out, what came in, and how long it took. */
export function exchangeLines(exchange: TracedExchange, layout: Style): readonly string[] {
  const { chalk, width } = layout;
  const { from, request, response, error, milliseconds, reason_code: reason } = exchange;
  const [query, ...parameters] = urlLines(request.url);
  const sent = [
    ...wrappedSpans(
      [
        { text: cut(request.method, 40), paint: chalk.cyan },
        { text: cut(query!, 400), paint: chalk.bold },
        ...(from === 'rs' ? [{ text: '(asked by the MCP server)', paint: chalk.dim }] : []),
      ],
      { width, first: '   → ', rest: INDENT, paintFirst: chalk.cyan },
    ),
    ...parameters.map((line) => chalk.dim(INDENT + cut(line, layout.verbose ? 8000 : width - INDENT.length))),
    ...partLines(request.headers, request.body, layout),
  ];
  const time = { text: `${milliseconds} ms`, paint: chalk.dim };
  if (!response) {
    const silence = { text: `✗ ${error ?? 'no response'}`, paint: chalk.red };
    return [...sent, ...wrappedSpans([silence, time], { width, first: '   ', rest: INDENT })];
  }
  const missing = cutShort(exchange);
  const paint = response.status < 400 ? chalk.green : chalk.yellow;
  const status = `${response.status} ${STATUS_CODES[response.status] ?? ''}`.trim();
  return [
    ...sent,
    ...wrappedSpans([{ text: status, paint }, ...(reason === null ? [] : [{ text: reason, paint }]), time], {
      width,
      first: '   ← ',
      rest: INDENT,
      paintFirst: chalk.cyan,
    }),
    ...partLines(response.headers, response.body, layout),
    ...(error === null
      ? []
      : wrapped(error, width, `${INDENT}✗ `, `${INDENT}  `).map((line) => chalk.red(line))),
    ...(missing === undefined
      ? []
      : wrappedSpans([{ text: `✗ ${missing}`, paint: chalk.red }], {
          width,
          first: INDENT,
          rest: `${INDENT}  `,
        })),
    ...linkLines(exchange, layout),
  ];
}

/** What shows that an exchange belongs to the flow, for those who want to know all. */
function linkLines(
  { linked_by: linked }: TracedExchange,
  { chalk, width, verbose }: Style,
): readonly string[] {
  if (linked === null || !verbose) return [];
  return wrapped(`part of this flow by: ${linked}`, width, INDENT, `${INDENT}  `).map((line) =>
    chalk.dim(line),
  );
}

/** One line for an exchange of which only the status matters. */
export function briefExchangeLines(
  { request, response, error, milliseconds }: TracedExchange,
  { chalk, width }: Style,
): readonly string[] {
  return wrappedSpans(
    [
      { text: cut(request.method, 40), paint: chalk.cyan },
      { text: cut(request.url, 400), paint: chalk.bold },
      response
        ? { text: `← ${response.status}`, paint: chalk.green }
        : { text: `✗ ${error ?? 'no response'}`, paint: chalk.red },
      { text: `${milliseconds} ms`, paint: chalk.dim },
    ],
    { width, first: '   → ', rest: INDENT, paintFirst: chalk.cyan },
  );
}

/** A URL with many parameters, one a line. */
function urlLines(url: string): readonly string[] {
  const [base = '', query] = url.split(/\?(.*)/s);
  if (query === undefined || query === '') return [url];
  const parameters = query.split('&');
  if (parameters.length < 2) return [url];
  return [base, ...parameters.map((parameter, index) => `${index === 0 ? '?' : '&'}${readable(parameter)}`)];
}

/** `+` and `%3A` as people read them; what is not valid stays as it is. */
function readable(parameter: string): string {
  try {
    return decodeURIComponent(parameter.replaceAll('+', ' '));
  } catch {
    return parameter;
  }
}

type Body = TracedExchange['request']['body'];

function partLines(headers: Readonly<Record<string, string>>, body: Body, layout: Style): readonly string[] {
  const { chalk, width, verbose } = layout;
  const shown = Object.entries(headers).filter(([name]) => verbose || TELLING.has(name));
  const headerLines = shown.flatMap(([name, value]) =>
    wrapped(`${name}: ${value}`, width, INDENT, `${INDENT}  `).map((line) => chalk.yellow(line)),
  );
  const telling = verbose ? { body, left: 0 } : tellingPart(isPage(headers) ? beginningOf(body) : body);
  const lines = bodyLines(telling.body, layout);
  const kept = verbose ? lines : lines.slice(0, MAX_BODY_LINES);
  const left = lines.length - kept.length;
  return [
    ...headerLines,
    ...kept.map((line) => chalk.dim(line)),
    ...(left > 0 ? leftOut(`${left} more ${left === 1 ? 'line' : 'lines'}`, layout) : []),
    ...(telling.left > 0
      ? leftOut(`${telling.left} more ${telling.left === 1 ? 'member' : 'members'}`, layout)
      : []),
  ];
}

function leftOut(what: string, { chalk, width }: Style): readonly string[] {
  const text = `… ${what} (--verbose)`;
  return wrappedSpans([{ text, paint: chalk.dim }], { width, first: INDENT, rest: INDENT });
}

function isPage(headers: Readonly<Record<string, string>>): boolean {
  return mediaTypeOf(headers['content-type'] ?? null) === 'text/html';
}

/** Enough of a page to know which one it is. */
function beginningOf(body: Body): Body {
  if (typeof body !== 'string' || body.length <= MAX_PAGE_CHARACTERS) return body;
  return `${body.slice(0, MAX_PAGE_CHARACTERS).replace(/\s\S*$/, '')} … (--verbose)`;
}

function bodyLines(body: Body, { width, verbose }: Style): readonly string[] {
  if (body === null) return [];
  if (typeof body === 'string') {
    return body.split(/\r\n|\n|\r/).flatMap((line) => wrapped(line, width, INDENT, INDENT));
  }
  const longest = verbose ? 8000 : width;
  return jsonLines(body, { width, verbose }, INDENT).map((line) => cut(line, longest));
}
