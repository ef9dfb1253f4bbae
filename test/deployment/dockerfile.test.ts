import { describe, expect, it } from 'vitest';
import As from '../../src/commands/as.js';
import Rs from '../../src/commands/rs.js';
import { instructions, type Instruction } from './dockerfile.js';

const all = instructions();
const lastFrom = all.findLastIndex(({ name }) => name === 'FROM');
const final = all.slice(lastFrom);
const value = (name: string, among: readonly Instruction[] = final) =>
  among.filter((one) => one.name === name).map((one) => one.value);

describe('the Dockerfile', () => {
  it('builds on one major version of Node, the same in both stages', () => {
    const images = value('FROM', all).map((from) => from.split(' ')[0]);
    expect(images).toHaveLength(2);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:\d+-alpine$/);
  });

  it('runs as a user that is not root', () => {
    expect(value('USER')).toEqual(['node']);
    const user = final.findIndex(({ name }) => name === 'USER');
    expect(final.slice(user).filter(({ name }) => name === 'RUN' || name === 'COPY')).toEqual([]);
  });

  it('takes no secret in, and installs nothing that is for development', () => {
    expect(value('ARG', all)).toEqual([]);
    expect(value('ENV', all)).toEqual(['NODE_ENV=production']);
    expect(value('RUN').filter((run) => run.startsWith('npm ci'))).toEqual([
      expect.stringMatching(/^npm ci --omit=dev --ignore-scripts /),
    ]);
    expect(value('COPY', all).filter((copy) => /^\.( |$)/.test(copy))).toEqual([]);
  });

  it('is ended and asked as the servers are made for, at the ports that are theirs', () => {
    expect(value('STOPSIGNAL')).toEqual(['SIGTERM']);
    const ports = [As.flags.port.default, Rs.flags.port.default];
    expect(value('EXPOSE')).toEqual([ports.join(' ')]);
    expect(value('HEALTHCHECK')[0]).toContain(`[${ports.join(', ')}]`);
    expect(value('HEALTHCHECK')[0]).toContain('/healthz');
  });
});
