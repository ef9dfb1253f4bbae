import { describe, expect, it } from 'vitest';
import InspectFlow from '../../src/commands/inspect-flow.js';
import { FLOW_STEPS, flowDocument } from '../../src/flows/index.js';
import { REGISTRATION_ROUTES } from '../../src/shared/oauth/routes.js';
import { readPage } from './fences.js';

const page = readPage('docs/inspect-flow.md');

/** The first column of the table under a heading. */
function listedUnder(heading: string): readonly string[] {
  const [, section = ''] =
    new RegExp(`^#+ ${heading}$([\\s\\S]*?)(?=^#|$(?![\\s\\S]))`, 'm').exec(page) ?? [];
  return [...section.matchAll(/^\| `([^`]+)` /gm)].map(([, name]) => name!);
}

const { registration, steps, exchanges, decisions, checks } = flowDocument.shape;

describe('docs/inspect-flow.md lists all', () => {
  it.each([
    ['For machines', flowDocument.shape],
    ['registration', registration.shape],
    ['steps', steps.element.shape],
    ['exchanges', exchanges.element.shape],
    ['decisions', decisions.element.shape],
    ['checks', checks.element.shape],
  ])('members of the document, and no others: %s', (heading, shape) => {
    expect(listedUnder(heading)).toEqual(Object.keys(shape));
  });

  it('steps, in order', () => {
    expect(listedUnder('The steps')).toEqual(FLOW_STEPS);
  });

  it('flags of the command, and no others', () => {
    expect(listedUnder('Flags')).toEqual(Object.keys(InspectFlow.flags).map((name) => `--${name}`));
  });

  it('routes and outcomes', () => {
    for (const value of [...REGISTRATION_ROUTES, ...flowDocument.shape.outcome.options]) {
      expect(page).toContain(`\`${value}\``);
    }
  });
});
