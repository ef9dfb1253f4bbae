import type { RegistrationRoute } from '../../shared/oauth/routes.js';
import type { CheckResult, FlowOutcome } from '../trace/trace.js';
import type { Finding, Responsible } from '../trace/watched-facts.js';

/** What each route means. */
export const ROUTE_IN_WORDS: Readonly<Record<RegistrationRoute, string>> = {
  preset: 'the client_id was known beforehand; no registration',
  cimd: 'the client_id is the URL of a metadata document',
  dcr: 'the client registered itself, and this is its first flow',
  'dcr-reused': 'the client registered itself earlier, and kept the client_id',
  adopted: 'the client_id was unknown, and the authorization server took it in',
  unknown: 'the authorization server does not take this client_id',
};

/** What each outcome means. */
export const OUTCOME_IN_WORDS: Readonly<Record<FlowOutcome, string>> = {
  completed: 'completed: the MCP server was reached with a token',
  failed: 'failed',
  'not-protected': 'not protected: the MCP server asks for no token',
  unreachable: 'unreachable',
  stopped: 'stopped where its user said',
  'under-way': 'under way: the client may still go on',
};

/** How many checks ended in which way, in words. */
export function checkTotals(checks: readonly CheckResult[]): string {
  const count = (status: CheckResult['status']) => checks.filter((check) => check.status === status).length;
  return `${count('pass')} passed, ${count('fail')} failed, ${count('warn')} warned, ${count('skip')} not settled`;
}

/** Who has to change something, as the beginning of a sentence. */
export const RESPONSIBLE_IN_WORDS: Readonly<Record<Responsible, string>> = {
  client: 'Who makes the client',
  as: 'Who runs the authorization server',
  rs: 'Who runs the MCP server',
  user: 'Who uses the client',
};

/** The findings, problems first. */
export function problemsFirst(findings: readonly Finding[]): readonly Finding[] {
  return (['problem', 'notice'] as const).flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
}
