import { describe, expect, it } from 'vitest';
import {
  parseTraceParent,
  parseTraceState,
  readTraceContext,
  traceHeaders,
} from '../../../src/shared/http/trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('traceparent', () => {
  it.each([
    ['a version that is known', `00-${TRACE}-${PARENT}-01`, 1],
    ['a trace that is not sampled', `00-${TRACE}-${PARENT}-00`, 0],
    ['the flags that have a meaning only', `00-${TRACE}-${PARENT}-ff`, 3],
    ['a later version', `cc-${TRACE}-${PARENT}-01`, 1],
    ['a later version with more behind it', `cc-${TRACE}-${PARENT}-01-what-the-future-brings`, 1],
  ])('is read: %s', (_what, value, flags) => {
    expect(parseTraceParent(value)).toEqual({ traceId: TRACE, parentId: PARENT, flags });
  });

  it.each([
    ['nothing', ''],
    ['the version that is forbidden', `ff-${TRACE}-${PARENT}-01`],
    ['more behind a version that has no more', `00-${TRACE}-${PARENT}-01-more`],
    ['a later version with more that is not apart', `cc-${TRACE}-${PARENT}-01.more`],
    ['a trace-id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a parent-id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['a trace-id that is too short', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['flags that are none', `00-${TRACE}-${PARENT}-0g`],
    ['two of them', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
    ['a line end', `00-${TRACE}-${PARENT}-01\n`],
    ['a number', 7],
  ])('is as good as absent: %s', (_what, value) => {
    expect(parseTraceParent(value)).toBeUndefined();
  });
});

describe('tracestate', () => {
  it('keeps its members in their order, without what is empty', () => {
    expect(parseTraceState('rojo=00f067aa0ba902b7,, \tcongo=t61rcWkgMzE , a@b=x y')).toBe(
      'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,a@b=x y',
    );
  });

  it.each([
    ['more than 32 members', Array.from({ length: 33 }, (_, at) => `k${at}=v`).join(',')],
    ['one key twice', 'a=1,b=2,a=3'],
    ['a key with capitals', 'Rojo=1'],
    ['a member without a value', 'rojo'],
    ['an empty value', 'rojo='],
    ['an equals sign in the value', 'rojo=a=b'],
    ['a value that is too long', `rojo=${'x'.repeat(257)}`],
    ['what is not ASCII', 'rojo=ü'],
    ['nothing', ' , '],
  ])('is left out: %s', (_what, value) => {
    expect(parseTraceState(value)).toBeUndefined();
  });

  it('is shortened by whole members: the long ones go first, then those at the end', () => {
    const long = `long=${'x'.repeat(200)}`;
    const short = Array.from({ length: 10 }, (_, at) => `k${at}=${'y'.repeat(57)}`);
    const kept = parseTraceState([short[0], long, ...short.slice(1)].join(','));
    expect(kept).toBe(short.slice(0, 8).join(','));
    expect(kept!.length).toBeLessThanOrEqual(512);
    expect(parseTraceState([long, ...short.slice(0, 4)].join(','))).toContain(long);
  });
});

describe('a trace', () => {
  const headers = (more: Record<string, string>) => new Headers(more);

  it('goes on under its id, its flags and its state, with another parent', () => {
    const context = readTraceContext(
      headers({ traceparent: `cc-${TRACE}-${PARENT}-03-more`, tracestate: 'rojo=1' }),
    );
    expect(traceHeaders(context!, '00f067aa0ba902b7')).toEqual({
      traceparent: `00-${TRACE}-00f067aa0ba902b7-03`,
      tracestate: 'rojo=1',
    });
  });

  it('lives without a state that is not valid, and has no state without a parent', () => {
    const traceparent = `00-${TRACE}-${PARENT}-01`;
    expect(readTraceContext(headers({ traceparent, tracestate: 'Rojo' }))).toEqual({
      traceId: TRACE,
      parentId: PARENT,
      flags: 1,
    });
    expect(readTraceContext(headers({ tracestate: 'rojo=1' }))).toBeUndefined();
  });
});
