import { beforeAll, describe, expect, it } from 'vitest';
import { diffFlows } from '../../../../src/flows/diff/diff.js';
import { renderDiff } from '../../../../src/flows/render/diff.js';
import { type FormatId, renderFlow } from '../../../../src/flows/render/formats.js';
import type { FlowDocument } from '../../../../src/flows/trace/trace.js';
import { documentOf } from '../../../../src/flows/watch/document.js';
import { DEAD_ID, recordedRun, RESOURCE_MISSING, watchedFlow } from './watched.js';

let registered: FlowDocument;
let preset: FlowDocument;
let refused: FlowDocument;
beforeAll(async () => {
  registered = documentOf(watchedFlow(await recordedRun()));
  preset = documentOf(
    watchedFlow(await recordedRun({ clientId: 'demo-preset' }), {
      client: { name: 'MCP Inspector', evidence: ['its client_name'] },
      route: { route: 'preset', because: ['it is configured'] },
    }),
  );
  refused = documentOf(
    watchedFlow(await recordedRun({ clientId: 'never-seen' }, { unknownClients: 'reject' }), {
      outcome: 'failed',
      reason: 'the client_id is unknown',
      route: { route: 'unknown', because: ['it was refused'] },
      findings: [RESOURCE_MISSING, DEAD_ID],
    }),
    { notes: ['the proxy rewrote the metadata'] },
  );
});

const rendered = (format: FormatId, document: FlowDocument, verbose = false) =>
  renderFlow(format, document, { width: 80, verbose });

describe('of a watched flow', () => {
  it('the text says who was watched, why it was refused, and who should change what', async () => {
    const text = await rendered('text', refused);
    expect(text).toMatch(/^\nwatched flow f1 {2}http:\/\/localhost:8001\/mcp\n {2}probably inspect-flow/);
    expect(text).toMatch(/← 40\d [A-Z][a-z ]+ client_unknown/i);
    expect(text).toContain('✗ dead-client-id: The client goes on');
    expect(text.indexOf('dead-client-id')).toBeLessThan(text.indexOf('resource-missing:'));
    expect(text.replace(/\s+/g, ' ')).toContain('to do: Who makes the client: Forget the client_id');
    expect(text).toContain('note            The proxy rewrote the metadata.');
    expect(text).not.toContain('part of this flow by');
    expect(text.split('\n').filter((line) => line.length > 80 && !line.includes('http'))).toEqual([]);
  });

  it('an answer of which not all was kept is not blamed on its length, as the client may have read it', async () => {
    const [first, ...rest] = refused.exchanges;
    const cut = {
      ...refused,
      exchanges: [{ ...first!, response: { ...first!.response!, truncated: true } }, ...rest],
    };
    for (const format of ['text', 'markdown', 'html'] as const) {
      const text = await rendered(format, cut);
      expect(text).toContain('cut: it was longer than what is kept of a body');
      expect(text).not.toContain('256 KiB');
      expect(await rendered(format, refused)).not.toContain('longer than what is kept');
    }
  });

  it('the text tells what links each exchange to those who want to know all', async () => {
    expect(await rendered('text', refused, true)).toContain('part of this flow by: client_id');
  });

  it('the text and its diagram have the route of a client that did not register', async () => {
    const text = await rendered('text', preset);
    expect(text).toContain('●       │       │   route: preset');
    expect(text).toContain('Skipped, since the client brought its client_id along: Registration');
    expect(text).toContain('(asked by the MCP server)');
  });

  it('the pages for people have guess, findings and reason codes', async () => {
    for (const format of ['markdown', 'html'] as const) {
      const text = (await rendered(format, refused)).replace(/\\_/g, '_');
      expect(text).toContain('Watched');
      expect(text).toContain('Findings');
      expect(text).toContain('dead-client-id');
      expect(text).toContain('client_unknown');
      expect(text).toContain('Who makes the client');
      expect(await rendered(format, preset)).not.toContain('Findings');
    }
    expect(await rendered('html', refused)).toContain('Part of this flow by: client_id');
  });

  it('a problem is a failure in JUnit and an error in SARIF; a notice is neither', async () => {
    const junit = await rendered('junit', refused);
    expect(junit).toMatch(/<testsuite [^>]*name="findings" tests="2" failures="1" errors="0" skipped="1"/);
    const sarif = JSON.parse(await rendered('sarif', refused)) as {
      runs: { results: { ruleId: string; level: string }[] }[];
    };
    expect(sarif.runs[0]!.results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual([
      'finding.resource-missing note',
      'finding.dead-client-id error',
      'flow.completes error',
    ]);
  });

  it('the archive has the time of each exchange, so that what was asked in between lies within', async () => {
    const har = JSON.parse(await rendered('har', registered)) as {
      log: { entries: { startedDateTime: string; time: number; _from: string; _linked_by: string }[] };
    };
    const { entries } = har.log;
    const asked = entries.findIndex(({ _from }) => _from === 'rs');
    const [call, inside] = [entries[asked - 1]!, entries[asked]!];
    expect(Date.parse(inside.startedDateTime)).toBeGreaterThanOrEqual(Date.parse(call.startedDateTime));
    expect(Date.parse(inside.startedDateTime)).toBeLessThanOrEqual(
      Date.parse(call.startedDateTime) + call.time,
    );
    expect(inside._linked_by).toBe('client_id');
  });
});

describe('the comparison of two watched flows', () => {
  it('says in plain words which of the two took /register', () => {
    const diff = diffFlows(preset, registered);
    expect(diff.registration).toBe(
      'POST /register was taken by b; a came with the client_id demo-preset (preset)',
    );
    expect(diff.parting).toMatchObject({ step: 'registration' });
    const text = renderDiff(diff, { colour: false, width: 80, names: ['a.json', 'b.json'] });
    expect(text).toContain('probably MCP Inspector, completed, route preset');
    expect(text.replace(/\s+/g, ' ')).toContain('They part at registration: a is preset, b is dcr');
    expect(text.replace(/\s+/g, ' ')).toContain('POST /register was taken by b; a came');
  });

  it('says nothing of that where both took it', () => {
    expect(diffFlows(registered, registered)).toMatchObject({ same: true, registration: null });
  });

  it('has the findings of one of the two', () => {
    const found = diffFlows(refused, preset).differences.filter(({ section }) => section === 'findings');
    expect(found.map(({ what, b }) => `${what} ${b}`)).toEqual([
      'resource-missing null',
      'dead-client-id null',
    ]);
  });
});
