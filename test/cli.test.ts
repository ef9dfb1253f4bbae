import { describe, expect, it } from 'vitest';
import { createLog } from '../src/cli/log/log.js';
import { printable } from '../src/shared/printable.js';
import type { EmittedEvent } from '../src/shared/events/events.js';
import { REGISTRATION_ROUTES } from '../src/shared/oauth/routes.js';

const adopted: EmittedEvent = {
  at: 1_790_000_000,
  server: 'as',
  level: 'info',
  kind: 'client.adopted',
  client_id: 'f33e2bba\u001b[2Jx\nINFO forged line',
  redirect_uri: 'http://127.0.0.1:33418/',
  looks_like: 'VS Code',
};

function logged(event: EmittedEvent, options: Partial<Parameters<typeof createLog>[0]> = {}): string[] {
  const lines: string[] = [];
  createLog({ format: 'text', level: 'info', colour: false, write: (line) => lines.push(line), ...options })(
    event,
  );
  return lines;
}

describe('the log', () => {
  it('says in one line that an unknown client was adopted and skipped /register', () => {
    const [line, ...more] = logged(adopted);
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^\d\d:\d\d:\d\d AS {2}client f33e2bba.* was not known here and was adopted as a public client/,
    );
    expect(line).toContain('skipped /register');
    expect(line).toContain('looks like VS Code');
  });

  it('lets no client steer the terminal or forge a line', () => {
    const [line] = logged(adopted, { colour: false });
    expect(line).not.toContain('\u001b');
    expect(line).not.toContain('\n');
    expect(line).toContain('\\u001b[2Jx\\u000aINFO');
  });

  it('says from which day on a key signs, as the next one is made a period ahead', () => {
    const signs_from = new Date(2026, 8, 2).getTime() / 1000;
    const [line] = logged({
      at: signs_from - 100,
      server: 'as',
      level: 'info',
      kind: 'signing_key.created',
      kid: 'k',
      alg: 'ES256',
      signs_from,
      signs_until: signs_from + 86_400,
    });
    expect(line).toContain('it signs for 86400 s, from 2026-09-02 00:00:00 on');
  });

  it('is one JSON object a line for machines, with a time in ISO 8601', () => {
    const [line] = logged(adopted, { format: 'json' });
    expect(JSON.parse(line!)).toEqual({ ...adopted, at: '2026-09-21T14:13:20Z' });
    expect(line).not.toContain('\n');
  });

  it('lets no client steer the terminal through JSON either', () => {
    const client_id = 'a\u009b2J\u202eb';
    const [line] = logged({ ...adopted, client_id }, { format: 'json' });
    expect(line).toContain('a\\u009b2J\\u202eb');
    expect(JSON.parse(line!)).toMatchObject({ client_id });
  });

  it('tells what clients do with their registration', () => {
    const base = { at: adopted.at, server: 'as', level: 'info', client_id: 'some-client' } as const;
    const facts = { redirect_uris: ['http://127.0.0.1/'], token_endpoint_auth_method: 'none', dropped: [] };
    const told = (event: Parameters<typeof logged>[0]) => logged(event)[0];
    expect(told({ ...base, kind: 'client.read' })).toContain('GET /register/some-client: ');
    expect(told({ ...base, ...facts, kind: 'client.updated', client_name: 'New' })).toMatch(
      /PUT \/register\/some-client: client "New" replaced its registration \(public, redirect URIs http:\/\/127\.0\.0\.1\/\)/,
    );
    const deleted = (grants: number) => told({ ...base, kind: 'client.deleted', grants });
    expect(deleted(0)).toMatch(/DELETE \/register\/some-client: the client deleted its registration$/);
    expect(deleted(1)).toContain('the tokens of one sign-in are void now');
    expect(deleted(2)).toContain('the tokens of 2 sign-ins are void now');
  });

  it.each(REGISTRATION_ROUTES)('names the route %s, and says what it means for /register', (route) => {
    const [line] = logged({
      at: adopted.at,
      server: 'as',
      level: 'info',
      kind: 'authorization.requested',
      client_id: 'some-client',
      route,
      redirect_uri: 'http://127.0.0.1:33418/',
      scope: 'user',
      resource: ['http://localhost:8001/mcp'],
      resource_defaulted: false,
    });
    expect(line).toMatch(
      new RegExp(`client some-client, scope user, resource http://localhost:8001/mcp.*; route ${route}: `),
    );
    const skipped = ['preset', 'cimd', 'dcr-reused', 'adopted'].includes(route);
    expect(/skipped \/register/.test(line!)).toBe(skipped);
  });

  it('names the resource once where the one asked for is the one configured, and both where not', () => {
    const compared = {
      at: adopted.at,
      server: 'rs',
      level: 'info',
      kind: 'resource.compared',
      requested: ['http://localhost:8001/mcp'],
      configured: 'http://localhost:8001/mcp',
      same: true,
      strict: true,
    } as const;
    expect(logged(compared)[0]!.match(/8001/g)).toHaveLength(1);
    const [line] = logged({ ...compared, requested: ['http://localhost:1/mcp'], same: false });
    expect(line).toContain(
      'resource asked for: http://localhost:1/mcp; resource configured: http://localhost:8001/mcp',
    );
    expect(line).toContain('refused');
  });

  it('leaves out what is below its level', () => {
    expect(logged(adopted, { level: 'warning' })).toEqual([]);
    expect(logged({ ...adopted, level: 'warning' }, { level: 'warning' })).toHaveLength(1);
  });

  it('uses colour only where it is told to', () => {
    expect(logged(adopted, { colour: true })[0]).toContain('\u001b[');
    expect(logged(adopted)[0]).not.toContain('\u001b[');
  });
});

describe('a printable text', () => {
  it('shows control characters, line separators and marks that turn text around', () => {
    expect(printable('a\u0007b\u202Ec\u2028d\u009bé')).toBe('a\\u0007b\\u202ec\\u2028d\\u009bé');
  });

  it('ends somewhere', () => {
    expect(printable('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}…`);
  });
});
