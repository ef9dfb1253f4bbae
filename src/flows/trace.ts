import * as z from 'zod';
import { clientEvidence } from '../shared/oauth/client-evidence.js';
import { REGISTRATION_ROUTES } from '../shared/oauth/routes.js';

/** The steps of a flow, in order. */
export const FLOW_STEPS = [
  'challenge',
  'resource-metadata',
  'authorization-server-metadata',
  'registration',
  'authorization',
  'callback',
  'token',
  'mcp-call',
] as const;

/** Step ids; those after `mcp-call` are reserved for what may follow a flow. */
export const flowStepId = z.enum([...FLOW_STEPS, 'refresh', 'step-up', 'revocation']);
export type FlowStepId = z.infer<typeof flowStepId>;

const specReference = z.object({ title: z.string(), url: z.string() });

const headers = z.record(z.string(), z.string());

/** One HTTP request and its response as the client saw them, redacted. */
export const tracedExchange = z.object({
  step: flowStepId,
  observed_by: z.literal('client'),
  /** when the request was sent, ISO 8601 */
  at: z.string(),
  milliseconds: z.number().int().nonnegative(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers,
    /** JSON as it is, a form as an object, other text as a string; null where there is none */
    body: z.json(),
  }),
  /** null where no response came */
  response: z
    .object({
      status: z.number().int(),
      headers,
      body: z.json(),
      /** true if the body was larger than what is kept */
      truncated: z.boolean(),
    })
    .nullable(),
  /** why there is no (whole) response; null where there is one */
  error: z.string().nullable(),
});
export type TracedExchange = z.infer<typeof tracedExchange>;

/** What the client decided, and the rule behind it. */
export const flowDecision = z.object({
  step: flowStepId,
  what: z.string(),
  because: z.string(),
  spec: specReference,
});
export type FlowDecision = z.infer<typeof flowDecision>;

/** One requirement held against the flow. A broken MUST is `fail`, a broken SHOULD is `warn`. */
export const checkResult = z.object({
  id: z.string(),
  step: flowStepId,
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  status: z.enum(['pass', 'fail', 'warn', 'skip']),
  /** the rule in words */
  rule: z.string(),
  /** what was seen */
  evidence: z.string(),
  spec: specReference,
});
export type CheckResult = z.infer<typeof checkResult>;

/** How the client came by its `client_id`. */
export const registrationVerdict = z.object({
  /** null where the flow ended before a client_id was needed */
  route: z.enum(REGISTRATION_ROUTES).nullable(),
  client_id: z.string().nullable(),
  /** whether POST /register was sent */
  register_called: z.boolean(),
  /** the reasons for the route, one sentence each */
  because: z.array(z.string()),
  /** the record of our own authorization server in demo mode; null where none could be asked */
  evidence: clientEvidence.nullable(),
});
export type RegistrationVerdict = z.infer<typeof registrationVerdict>;

export const flowOutcome = z.enum(['completed', 'failed', 'not-protected', 'unreachable']);
export type FlowOutcome = z.infer<typeof flowOutcome>;

/** How a step ended. */
export const flowStep = z.object({
  id: flowStepId,
  outcome: z.enum(['done', 'skipped', 'failed']),
  /** why it was skipped or failed, or in short what came out */
  reason: z.string().nullable(),
});
export type FlowStep = z.infer<typeof flowStep>;

/** The document of `inspect-flow --json`. Members are added over time; none changes its meaning or goes away. */
export const flowDocument = z.object({
  version: z.literal(1),
  target: z.string(),
  /** the MCP revision that was negotiated; the newest until the server has answered */
  revision: z.string(),
  outcome: flowOutcome,
  /** why the flow did not complete; null where it did */
  reason: z.string().nullable(),
  registration: registrationVerdict,
  steps: z.array(flowStep),
  exchanges: z.array(tracedExchange),
  decisions: z.array(flowDecision),
  checks: z.array(checkResult),
});
export type FlowDocument = z.infer<typeof flowDocument>;
