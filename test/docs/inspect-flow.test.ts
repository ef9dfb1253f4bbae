import { describe, expect, it } from 'vitest';
import { CLIENT_FLAGS } from '../../src/cli/flags/inspect-flow/client-flags.js';
import { formatFlags } from '../../src/cli/flags/inspect-flow/format-flags.js';
import { CONTROL_FLAGS } from '../../src/cli/flags/inspect-flow/control-flags.js';
import { OUTPUT_FLAGS } from '../../src/cli/flags/inspect-flow/output-flags.js';
import { PROTOCOL_FLAGS } from '../../src/cli/flags/inspect-flow/protocol-flags.js';
import { REGISTRATION_FLAGS } from '../../src/cli/flags/inspect-flow/registration-flags.js';
import { RUN_FLAGS } from '../../src/cli/flags/inspect-flow/run-flags.js';
import { SIGN_IN_FLAGS } from '../../src/cli/flags/inspect-flow/sign-in-flags.js';
import { FLOW_STEPS, flowDocument, FORMAT_IDS } from '../../src/flows/index.js';
import { REGISTRATION_ROUTES } from '../../src/shared/oauth/routes.js';
import { readPage } from './fences.js';

const command = readPage('docs/inspect-flow.md');
const reports = readPage('docs/reports.md');
const trace = readPage('docs/trace.md');

/** The first column of the tables under a heading. */
function listedUnder(page: string, heading: string): readonly string[] {
  const [, section = ''] =
    new RegExp(`^#+ ${heading}$([\\s\\S]*?)(?=^#|$(?![\\s\\S]))`, 'm').exec(page) ?? [];
  return [...section.matchAll(/^\| `([^`]+)` /gm)].map(([, name]) => name!);
}

const {
  network,
  registration,
  steps,
  exchanges,
  front_channel,
  decisions,
  checks,
  identifiers,
  expectations,
} = flowDocument.shape;

describe('docs/trace.md lists all', () => {
  it.each([
    ['The document', flowDocument.shape],
    ['network', network.shape],
    ['registration', registration.shape],
    ['steps', steps.element.shape],
    ['exchanges', exchanges.element.shape],
    ['front_channel', front_channel.element.shape],
    ['decisions', decisions.element.shape],
    ['checks', checks.element.shape],
    ['identifiers', identifiers.element.shape],
    ['expectations', expectations.element.shape],
  ])('members of the document, and no others: %s', (heading, shape) => {
    expect(listedUnder(trace, heading)).toEqual(Object.keys(shape));
  });

  it('routes and outcomes', () => {
    for (const value of [...REGISTRATION_ROUTES, ...flowDocument.shape.outcome.options]) {
      expect(trace).toContain(`\`${value}\``);
    }
  });
});

describe('docs/inspect-flow.md lists all', () => {
  it('steps, in order', () => {
    expect(listedUnder(command, 'The steps')).toEqual(FLOW_STEPS);
  });

  it.each([
    ['The client', CLIENT_FLAGS],
    ['The registration', REGISTRATION_FLAGS],
    ['The sign-in', SIGN_IN_FLAGS],
    ['The protocol', PROTOCOL_FLAGS],
    ['The run', RUN_FLAGS],
    ['The output', { ...formatFlags(FORMAT_IDS), ...OUTPUT_FLAGS }],
    ['How far, and what counts', CONTROL_FLAGS],
  ])('flags of the command, and no others: %s', (heading, flags) => {
    expect(listedUnder(command, heading)).toEqual(Object.keys(flags).map((name) => `--${name}`));
  });
});

describe('docs/reports.md lists all', () => {
  it('formats', () => {
    expect(listedUnder(reports, 'The formats')).toEqual(FORMAT_IDS);
  });
});
