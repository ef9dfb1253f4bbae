import { describe, expect, it } from 'vitest';
import { AUTHORIZATION_RESPONSE_RULES } from '../../../src/flows/checks/rules/authorization-response.js';
import { AUTHORIZATION_SERVER_METADATA_RULES } from '../../../src/flows/checks/rules/authorization-server-metadata.js';
import { CHALLENGE_RULES } from '../../../src/flows/checks/rules/challenge.js';
import { type CheckId, RULES } from '../../../src/flows/checks/rules/index.js';
import { RESOURCE_METADATA_RULES } from '../../../src/flows/checks/rules/resource-metadata.js';
import { SIGN_IN_RULES } from '../../../src/flows/checks/rules/sign-in.js';
import { TOKEN_RESPONSE_RULES } from '../../../src/flows/checks/rules/token-response.js';
import { TOKEN_USE_RULES } from '../../../src/flows/checks/rules/token-use.js';
import { createForeignPair, inspect, type Routes } from '../support.js';
import { BROKEN, KEPT, REFUSED } from './broken.js';

/** The families whose checks a flow settles by itself; registration, step-up and the rest have tests of their own. */
const IDS = Object.keys({
  ...CHALLENGE_RULES,
  ...RESOURCE_METADATA_RULES,
  ...AUTHORIZATION_SERVER_METADATA_RULES,
  ...SIGN_IN_RULES,
  ...AUTHORIZATION_RESPONSE_RULES,
  ...TOKEN_RESPONSE_RULES,
  ...TOKEN_USE_RULES,
}) as CheckId[];

const STATUS_OF_BROKEN = { MUST: 'fail', SHOULD: 'warn', MAY: 'skip' } as const;

/** All results of a check in one flow: a step may come more than once. */
async function resultsAt(routes: Routes) {
  const { document } = await inspect(createForeignPair(routes).fetch);
  return document.checks;
}

describe('each check', () => {
  it.each(Object.entries(BROKEN) as [CheckId, Routes][])(
    '%s is broken by what breaks it',
    async (id, routes) => {
      const results = (await resultsAt(routes)).filter((check) => check.id === id);
      expect(results.map(({ status }) => status)).toContain(STATUS_OF_BROKEN[RULES[id].level]);
      for (const { evidence } of results) expect(evidence).not.toBe('');
    },
  );

  it('has something that breaks it', () => {
    expect(IDS.filter((id) => BROKEN[id] === undefined)).toEqual([]);
  });

  it('is met at some pair that keeps to the rules, or says no as it should', async () => {
    const met = new Set<string>();
    for (const routes of [...Object.values(KEPT), ...Object.values(REFUSED)]) {
      for (const { id, status } of await resultsAt(routes)) if (status === 'pass') met.add(id);
    }
    expect(IDS.filter((id) => !met.has(id))).toEqual([]);
  });

  it.each(Object.entries(KEPT))('is broken at no pair that keeps to the rules: %s', async (_name, routes) => {
    const broken = (await resultsAt(routes)).filter(({ status }) => status === 'fail' || status === 'warn');
    // That its clients register is all there is to say of it.
    expect(broken.map(({ id }) => id).filter((id) => id !== 'as.cimd-advertised')).toEqual([]);
  });
});
