import { describe, expect, it } from 'vitest';
import { type AuditedRequest, createAuditLog } from '../../../src/cli/audit/audit-log.js';
import { AUDIT_LINE } from '../../../src/cli/audit/schema.js';
import type { EmittedEvent } from '../../../src/shared/events/events.js';

const REQUEST: AuditedRequest = {
  id: 'one-1',
  address: '192.0.2.7',
  userAgent: 'a client',
  trace: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
};

function written(event: EmittedEvent, request: AuditedRequest | null = REQUEST): readonly string[] {
  const lines: string[] = [];
  const log = createAuditLog({
    request: () => request ?? undefined,
    milliseconds: () => 1_763_949_600_123,
    write: (line) => lines.push(line),
  });
  log.sink(event);
  return lines;
}

const AS = { at: 1_763_949_600, server: 'as', level: 'info' } as const;

/** As hostile as strings come: of each character the dearest that JSON has. */
const HOSTILE = ['"', '\\', '\n', '\u001b', '\u202e', '\u2028', '\ud800', '\u0000', '😀'].map((one) =>
  one.repeat(5000),
);

describe('a line of the audit log', () => {
  it('tells who did what, in the form that its schema has', () => {
    const [line] = written({
      ...AS,
      kind: 'consent.decided',
      client_id: 'client',
      sub: 'alice',
      decision: 'deny',
      scope: 'user',
      resource: ['http://localhost:8001/mcp'],
    });
    expect(AUDIT_LINE.parse(JSON.parse(line!))).toEqual({
      version: 1,
      time: '2025-11-24T02:00:00.123Z',
      server: 'as',
      event: 'consent.decided',
      outcome: 'refused',
      request_id: 'one-1',
      address: '192.0.2.7',
      user_agent: 'a client',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      client_id: 'client',
      sub: 'alice',
      decision: 'deny',
      scope: 'user',
      resource: ['http://localhost:8001/mcp'],
    });
  });

  it('leaves out what is not known', () => {
    const [line] = written({ ...AS, kind: 'login.failed', reason: 'wrong_password', failures: 1 }, null);
    expect(Object.keys(JSON.parse(line!) as object)).toEqual([
      'version',
      'time',
      'server',
      'event',
      'outcome',
      'reason',
      'failures',
    ]);
  });

  it.each(HOSTILE)('is one line, bounded and valid, whatever was sent (%#)', (text) => {
    const lists = Array.from({ length: 50 }, () => text);
    const events: readonly EmittedEvent[] = [
      {
        ...AS,
        kind: 'client.registered',
        client_id: text,
        client_name: text,
        redirect_uris: lists,
        token_endpoint_auth_method: text,
        dropped: lists,
      },
      {
        ...AS,
        server: 'rs',
        kind: 'bearer.challenged',
        status: 403,
        error: text,
        reason: 'insufficient_scope',
        token: '0123abcd',
        tools: lists,
        needed: lists,
        missing: lists,
      },
      {
        ...AS,
        kind: 'token.refused',
        grant_type: text,
        client_id: text,
        error: text,
        reason: 'client_unknown',
        description: text,
      },
    ];
    for (const event of events) {
      const [line] = written(event, { ...REQUEST, address: text, userAgent: text });
      expect(Buffer.byteLength(line!)).toBeLessThan(16 * 1024);
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      expect(AUDIT_LINE.safeParse(JSON.parse(line!)).error).toBeUndefined();
    }
  });
});

describe('the audit log', () => {
  it('has no line for a client that comes without a token to ask what it needs, and one for a bad token', () => {
    const challenged = (reason: 'token_missing' | 'token_inactive'): EmittedEvent => ({
      ...AS,
      server: 'rs',
      kind: 'bearer.challenged',
      status: 401,
      reason,
    });
    expect(written(challenged('token_missing'))).toEqual([]);
    expect(written(challenged('token_inactive'))).toHaveLength(1);
  });

  it('has one for what listens refused, with the address, and none for connections that were not used', () => {
    const refused = {
      ...AS,
      kind: 'listener.refused',
      address: '192.0.2.7',
      status: 408,
      count: 40,
    } as const;
    const [line] = written({ ...refused, reason: 'request_too_slow' }, null);
    expect(AUDIT_LINE.parse(JSON.parse(line!))).toEqual({
      version: 1,
      time: '2025-11-24T02:00:00.123Z',
      server: 'as',
      event: 'listener.refused',
      outcome: 'refused',
      address: '192.0.2.7',
      status: 408,
      reason: 'request_too_slow',
      count: 40,
    });
    expect(written({ ...refused, reason: 'request_absent' }, null)).toEqual([]);
  });

  it('has none for access lines', () => {
    expect(
      written({
        ...AS,
        kind: 'request.served',
        method: 'GET',
        path: '/',
        status: 404,
        reason: 'path_unknown',
      }),
    ).toEqual([]);
  });
});
