import { describe, expect, it } from 'vitest';
import { type CheckId, RULES } from '../../src/flows/checks/rules/index.js';
import { DEFECTS } from './defects/defects.js';
import { brokenPair, RESOURCE } from './defects/tampering.js';
import { inspect } from './support.js';

/** The ids of the checks of a level that are broken. */
async function brokenIn(defect: Pick<(typeof DEFECTS)[number], 'tamperings' | 'plan' | 'lax'>) {
  const { document } = await inspect(brokenPair(defect.tamperings, defect.lax), {
    target: RESOURCE,
    ...defect.plan,
  });
  const broken = document.checks.filter(({ status }) => status === 'fail' || status === 'warn');
  const ids = (level: string) => [...new Set(broken.filter((c) => c.level === level).map(({ id }) => id))];
  return { musts: ids('MUST'), shoulds: ids('SHOULD') };
}

function levelOf(check: CheckId): string {
  return RULES[check].level;
}

describe('inspect-flow at our own pair with one rule broken', () => {
  it('finds nothing where nothing is broken', async () => {
    expect(await brokenIn({ tamperings: {} })).toEqual({ musts: [], shoulds: [] });
  });

  it.each(DEFECTS.map((defect) => [defect.what, defect.check, defect] as const))(
    '%s: %s is broken, and no other MUST',
    async (_what, check, defect) => {
      const { musts, shoulds } = await brokenIn(defect);
      expect(musts).toEqual(levelOf(check) === 'MUST' ? [check] : []);
      if (levelOf(check) === 'SHOULD') expect(shoulds).toContain(check);
    },
  );
});
