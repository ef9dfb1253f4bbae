import type { Connection } from './connection.js';
import type { Send } from './links.js';

/**
 * Looks whether a Redis is set up to lose records. Where it is not allowed to be asked, as at many hosters, nothing is said.
 *
 * @param place where it is, for the sentences
 * @returns a sentence for each worry
 */
export async function worriesAbout(redis: Connection, place: string): Promise<readonly string[]> {
  const servers = await redis.servers().catch(() => []);
  const worries = await Promise.all(servers.map(worriesAboutOne));
  return [...new Set(worries.flat())].map((worry) => `${place} ${worry}`);
}

async function worriesAboutOne(send: Send): Promise<readonly string[]> {
  const ask = (...args: readonly string[]) => send(args).catch(() => undefined);
  const [memory, persistence, snapshots] = await Promise.all([
    ask('INFO', 'memory'),
    ask('INFO', 'persistence'),
    ask('CONFIG', 'GET', 'save'),
  ]);
  const policy = fieldOf(memory, 'maxmemory_policy');
  return [
    ...(policy === undefined || policy === 'noeviction'
      ? []
      : [
          `drops records when its memory is full (maxmemory-policy ${policy}), so that users are signed out and what was used up may be good again: set maxmemory-policy noeviction`,
        ]),
    ...(fieldOf(persistence, 'aof_enabled') === '0' ? worriesAboutSnapshots(snapshots) : []),
  ];
}

/** Of one that keeps no log of what it did. */
function worriesAboutSnapshots(answer: unknown): readonly string[] {
  if (!Array.isArray(answer)) return [];
  const when: unknown = answer[1];
  if (typeof when !== 'string') return [];
  return when === ''
    ? ['keeps nothing over its own end: set appendonly yes']
    : ['keeps snapshots only, so that a crash loses the last minutes: set appendonly yes'];
}

/** A line of what INFO answers. */
function fieldOf(info: unknown, name: string): string | undefined {
  if (typeof info !== 'string') return undefined;
  return info
    .split(/\r?\n/)
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1);
}
