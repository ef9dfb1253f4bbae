/** How many characters of `tracestate` are passed on. */
const MAX_STATE_LENGTH = 512;
/** What a `tracestate` may have in all, and the length of a member from which on it goes first when room is short. */
const MAX_STATE_MEMBERS = 32;
const LONG_STATE_MEMBER = 128;

/**
 * `sampled`, and that the trace-id is random (level 2). Others have no meaning yet, and must not be passed on.
 *
 * @see {@link https://www.w3.org/TR/trace-context-2/#trace-flags Trace Context, trace-flags}
 */
const KNOWN_FLAGS = 0b11;

/** The trace that a request belongs to, as whoever sent it says. */
export interface TraceContext {
  /** 32 hex digits */
  readonly traceId: string;
  /** the operation that sent the request; 16 hex digits */
  readonly parentId: string;
  /** those that are known, as a bit field */
  readonly flags: number;
  /** what the tracing systems on the way have added for themselves */
  readonly state?: string | undefined;
}

const TRACE_PARENT =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<parentId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;

/**
 * Reads a `traceparent`. One of a later version is read as far as this version goes.
 *
 * @returns undefined for one that is not valid, which is to be treated as if it were not there
 * @see {@link https://www.w3.org/TR/trace-context/#versioning-of-traceparent Trace Context, versioning}
 */
export function parseTraceParent(value: unknown): Omit<TraceContext, 'state'> | undefined {
  const { version, traceId, parentId, flags, more } =
    (typeof value === 'string' && TRACE_PARENT.exec(value)?.groups) || {};
  if (!version || !traceId || !parentId || !flags || version === 'ff') return undefined;
  if (version === '00' && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
/** Without the space at its end, which belongs to the list. */
const VALUE = /^[\x20-\x2B\x2D-\x3C\x3E-\x7E]{0,255}[\x21-\x2B\x2D-\x3C\x3E-\x7E]$/;

/**
 * Reads a `tracestate`, and shortens it by whole members where it is too long to be passed on: the long ones first, then
 * from its end.
 *
 * @returns undefined for one that is not valid, or has no member
 * @see {@link https://www.w3.org/TR/trace-context/#tracestate-limits Trace Context, limits}
 */
export function parseTraceState(value: string): string | undefined {
  const members = value
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  if (members.length > MAX_STATE_MEMBERS || !members.every(isMember)) return undefined;
  const keys = members.map((member) => member.slice(0, member.indexOf('=')));
  if (new Set(keys).size !== keys.length) return undefined;
  return shortened(members).join(',') || undefined;
}

function isMember(member: string): boolean {
  const at = member.indexOf('=');
  return KEY.test(member.slice(0, Math.max(at, 0))) && VALUE.test(member.slice(at + 1));
}

function shortened(members: readonly string[]): readonly string[] {
  if (members.join(',').length <= MAX_STATE_LENGTH) return members;
  const kept = members.filter((member) => member.length <= LONG_STATE_MEMBER);
  while (kept.join(',').length > MAX_STATE_LENGTH) kept.pop();
  return kept;
}

/**
 * The trace that a request belongs to.
 *
 * @returns undefined where it names none, or none that is valid; a `tracestate` that is not valid is left out
 * @see {@link https://www.w3.org/TR/trace-context/ W3C Trace Context}
 */
export function readTraceContext(headers: Headers): TraceContext | undefined {
  const parent = headers.get('traceparent');
  const context = parent === null ? undefined : parseTraceParent(parent);
  if (!context) return undefined;
  const state = parseTraceState(headers.get('tracestate') ?? '');
  return { ...context, ...(state !== undefined && { state }) };
}

/**
 * The headers of a request that this trace goes on with.
 *
 * @param spanId the operation that sends it, in place of the one that asked for it; 16 hex digits
 * @see {@link https://www.w3.org/TR/trace-context/#mutating-the-traceparent-field Trace Context, mutating}
 */
export function traceHeaders(
  { traceId, flags, state }: TraceContext,
  spanId: string,
): Readonly<Record<string, string>> {
  const traceparent = `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
  return { traceparent, ...(state !== undefined && { tracestate: state }) };
}
