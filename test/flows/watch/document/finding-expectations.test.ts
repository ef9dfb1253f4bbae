import { beforeAll, describe, expect, it } from 'vitest';
import { conclude, parseExpectation, shortLine } from '../../../../src/flows/index.js';
import { holdAgainst } from '../../../../src/flows/findings/expectations.js';
import type { RecordedExchange } from '../../../../src/flows/record/recorded-exchange.js';
import type { FlowDocument } from '../../../../src/flows/trace/trace.js';
import { documentOf } from '../../../../src/flows/watch/document.js';
import type { WatchedFlow } from '../../../../src/flows/watch/watched-flow.js';
import { goodFlow } from '../../render/flows.js';
import { DEAD_ID, recordedRun, RESOURCE_MISSING, watchedFlow } from './watched.js';

let recorded: readonly RecordedExchange[];
beforeAll(async () => {
  recorded = await recordedRun();
});

function document(told: Partial<WatchedFlow>, ...expected: readonly string[]): FlowDocument {
  const flow = documentOf(watchedFlow(recorded, told));
  return { ...flow, expectations: holdAgainst(flow, expected) };
}

describe('of a flow with the problem dead-client-id and the notice resource-missing, the expectation', () => {
  it.each([
    ['finding:dead-client-id', true, /^problem: /],
    ['finding:resource-missing', true, /^notice: /],
    ['finding:wrong-host', false, /^no finding wrong-host$/],
    ['no-finding:wrong-host', true, /^no finding wrong-host$/],
    ['no-finding:dead-client-id', false, /^problem: /],
    ['no-findings', false, /^dead-client-id, resource-missing$/],
  ])('%s has met: %s', (expectation, met, seen) => {
    const { expectations } = document({ findings: [DEAD_ID, RESOURCE_MISSING] }, expectation);
    expect(expectations).toEqual([{ expectation, met, seen: expect.stringMatching(seen) }]);
  });
});

describe('findings', () => {
  it('are none where there are none', () => {
    expect(document({}, 'no-findings').expectations[0]).toMatchObject({ met: true, seen: 'no findings' });
  });

  it('cannot be expected of a flow that nobody watched', async () => {
    const results = holdAgainst(await goodFlow(), [
      'no-findings',
      'no-finding:wrong-host',
      'finding:wrong-host',
    ]);
    expect(results.map(({ met }) => met)).toEqual([false, false, false]);
    expect(results[0]!.seen).toMatch(/inspect-flow was the client itself/);
  });

  it.each([
    ['finding:dead-client', /no finding "dead-client"; did you mean dead-client-id\?/],
    ['no-finding:', /no expectation/],
    ['no-findings=1', /no expectation/],
    ['finding:dead-client-id=yes', /no expectation/],
  ])('are refused with what was meant: %s', (text, message) => {
    expect(() => parseExpectation(text)).toThrow(message);
  });
});

describe('the conclusion from a watched flow, and its line on stderr:', () => {
  const failed = { outcome: 'failed', reason: 'refused' } as const;
  it.each([
    ['nothing found', {}, [], 'must', 'done', undefined],
    ['a notice', { findings: [RESOURCE_MISSING] }, [], 'should', 'done', undefined],
    [
      'a problem',
      { findings: [DEAD_ID] },
      [],
      'must',
      'notMet',
      /completed, with a problem: dead-client-id$/,
    ],
    ['a problem that does not count', { findings: [DEAD_ID] }, [], 'never', 'done', undefined],
    [
      'a problem that was expected',
      { findings: [DEAD_ID] },
      ['finding:dead-client-id'],
      'must',
      'done',
      undefined,
    ],
    [
      'a failure',
      { ...failed, findings: [DEAD_ID] },
      ['finding:dead-client-id'],
      'must',
      'failed',
      /^the flow failed/,
    ],
    [
      'a failure as expected',
      { ...failed, findings: [DEAD_ID] },
      ['outcome=failed'],
      'must',
      'done',
      undefined,
    ],
    ['a flow that goes on', { outcome: undefined }, ['no-findings'], 'must', 'nothingEstablished', /so far$/],
  ] as const)('%s', (_what, told, expected, failOn, conclusion, line) => {
    const flow = document(told, ...expected);
    expect(conclude(flow, failOn)).toBe(conclusion);
    const said = shortLine(flow, false, failOn);
    if (line === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(line);
  });
});
