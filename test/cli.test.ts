import { describe, expect, it } from 'vitest';
import { createLog } from '../src/cli/log/log.js';
import { printable } from '../src/shared/printable.js';
import type { EmittedEvent } from '../src/shared/events/events.js';

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

  it('is one JSON object a line for machines, with a time in ISO 8601', () => {
    const [line] = logged(adopted, { format: 'json' });
    expect(JSON.parse(line!)).toEqual({ ...adopted, at: '2026-09-21T14:13:20Z' });
    expect(line).not.toContain('\n');
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
