import { describe, expect, it } from 'vitest';
import { INDEXED, type Kind, TRIMMED } from '../../src/as/index.js';
import { EVICTED_IN_ORDER, OWN_SHARES } from '../../src/as/store/memory/eviction.js';
import { readPage } from './fences.js';

/** Every kind, once: the compiler sees to that. */
const KINDS: { readonly [K in Kind]: true } = {
  client: true,
  unused_client: true,
  deleted_client: true,
  client_usage: true,
  told_to_register: true,
  interaction: true,
  session: true,
  grant: true,
  authorization_code: true,
  access_token: true,
  void_token: true,
  refresh_token: true,
  issued: true,
  login_slot: true,
  signing_key: true,
  used_assertion: true,
};

const page = readPage('docs/storage.md');

function section(title: string): string {
  const [, text = ''] = new RegExp(`^## ${title}$([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(page) ?? [];
  return text;
}

/** The rows of the table in a section, by the kind in their first cell. */
function rows(title: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...section(title).matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)].map(([, kind = '', cells = '']) => [
      kind,
      cells.split('|').map((cell) => cell.trim()),
    ]),
  );
}

describe('docs/storage.md', () => {
  it('has every kind of record, and no others', () => {
    expect([...rows('What is kept').keys()].sort()).toEqual(Object.keys(KINDS).sort());
  });

  it('names the members by which records are found', () => {
    for (const [kind, members] of Object.entries(INDEXED))
      for (const member of members) expect(rows('What is kept').get(kind)?.[1]).toContain(`\`${member}\``);
  });

  it('says of each kind that is trimmed that anybody makes it', () => {
    for (const kind of TRIMMED) expect(rows('What is kept').get(kind)?.[3]).toMatch(/^anybody/);
  });

  it('has the shares of the memory store', () => {
    const shares = [...rows('Memory')].map(([kind, [share]]) => [kind, share]);
    expect(shares).toEqual([...OWN_SHARES].map(({ kind, percent }) => [kind, `${percent} %`]));
  });

  it('has the order in which the memory store lets records go', () => {
    const order = [...section('Memory').matchAll(/^\d+\. `(\w+)`/gm)].map(([, kind]) => kind);
    expect(order).toEqual(EVICTED_IN_ORDER);
  });

  it('leaves no kind without a place in the memory store', () => {
    const placed = [...OWN_SHARES.map(({ kind }) => kind), ...EVICTED_IN_ORDER, 'signing_key'];
    expect([...placed].sort()).toEqual([...Object.keys(KINDS), 'counter'].sort());
  });
});
