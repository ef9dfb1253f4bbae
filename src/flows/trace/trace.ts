import * as z from 'zod';
import { clientEvidence } from '../../shared/oauth/client-evidence.js';
import { REGISTRATION_ROUTES } from '../../shared/oauth/routes.js';
import { flowStepId } from './flow-steps.js';
import { specReference } from './spec-reference.js';
import { watchedFacts } from './watched-facts.js';

export { FLOW_STEPS, flowStepId, type FlowStepId, LATER_STEPS } from './flow-steps.js';

/** Who takes part in a flow; each is a lane of its diagram. */
export const PARTIES = ['browser', 'client', 'rs', 'as'] as const;
/** One of {@link PARTIES}. */
export type Party = (typeof PARTIES)[number];

const headers = z.record(z.string(), z.string());

/** Its place among everything that happened, counted from 1: exchanges, decisions and the rest share one count. */
const sequence = z.number().int().positive();

/** Who wrote an exchange down: the client itself, the server that was asked, or a proxy in between. */
export const OBSERVERS = ['client', 'rs', 'as', 'proxy'] as const;

/** One HTTP request and its response as one side saw them, redacted. */
export const tracedExchange = z.object({
  sequence,
  /** its place when the response came, where other things happened in between; null where none did */
  until: sequence.nullable().default(null),
  step: flowStepId,
  observed_by: z.enum(OBSERVERS),
  /** `rs` asks the authorization server about a token; only the servers see that */
  from: z.enum(['browser', 'client', 'rs']),
  to: z.enum(['rs', 'as']),
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
  /** what the user did to the request before it was sent (`--step`); null where it went as the client wanted */
  by_user: z.enum(['edited', 'skipped']).nullable(),
  /** why the server refused, by its own stable code; null where it did not, or did not say so to us */
  reason_code: z.string().nullable().default(null),
  /** what shows that it belongs to this flow; null where the client itself wrote it down */
  linked_by: z.string().nullable().default(null),
});
/** One HTTP request and its response as one side saw them, redacted. */
export type TracedExchange = z.infer<typeof tracedExchange>;

/** What passed between client and authorization server by way of the browser, redacted. */
export const frontChannelMessage = z.object({
  sequence,
  step: flowStepId,
  /** when it was sent or came, ISO 8601 */
  at: z.string(),
  kind: z.enum(['authorization-request', 'authorization-response']),
  url: z.string(),
});
/** What passed between client and authorization server by way of the browser, redacted. */
export type FrontChannelMessage = z.infer<typeof frontChannelMessage>;

/** What the client decided, and the rule behind it. */
export const flowDecision = z.object({
  sequence,
  step: flowStepId,
  what: z.string(),
  because: z.string(),
  spec: specReference,
});
/** What the client decided, and the rule behind it. */
export type FlowDecision = z.infer<typeof flowDecision>;

/** One requirement held against the flow. A broken MUST is `fail`, a broken SHOULD is `warn`. */
export const checkResult = z.object({
  sequence,
  id: z.string(),
  step: flowStepId,
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  status: z.enum(['pass', 'fail', 'warn', 'skip']),
  /** the rule in words */
  rule: z.string(),
  /** what was seen */
  evidence: z.string(),
  /** what to do where it is not met */
  remedy: z.string(),
  spec: specReference,
});
/** One requirement held against the flow. */
export type CheckResult = z.infer<typeof checkResult>;

/** What the strings are that must be the same everywhere. */
export const IDENTIFIER_KINDS = ['issuer', 'resource', 'audience', 'redirect_uri'] as const;
/** One of {@link IDENTIFIER_KINDS}. */
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** A string that names an issuer, a resource, an audience or a redirect URI, and where it was seen. */
export const seenIdentifier = z.object({
  sequence,
  step: flowStepId,
  kind: z.enum(IDENTIFIER_KINDS),
  value: z.string(),
  /** in words, as in "issuer of the authorization server metadata" */
  where: z.string(),
});
/** A string that names an issuer, a resource, an audience or a redirect URI, and where it was seen. */
export type SeenIdentifier = z.infer<typeof seenIdentifier>;

/** The ways to a `client_id`, in the order in which a client tries them; `ask` is to ask its user. */
export const REGISTRATION_WAYS = ['preset', 'cimd', 'dcr', 'ask'] as const;
/** One of {@link REGISTRATION_WAYS}. */
export type RegistrationWay = (typeof REGISTRATION_WAYS)[number];

/** Whether a way to a `client_id` was open to this client at this authorization server. */
export const consideredWay = z.object({
  way: z.enum(REGISTRATION_WAYS),
  possible: z.boolean(),
  /** what of the metadata and of the client's own means says so */
  because: z.string(),
});
/** Whether a way to a `client_id` was open to this client at this authorization server. */
export type ConsideredWay = z.infer<typeof consideredWay>;

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
  /** all ways, in the order of the specification; empty where the flow ended before they were considered */
  precedence: z.array(consideredWay),
  /** the way that was taken; null where none was considered */
  chosen: z.enum(REGISTRATION_WAYS).nullable(),
  /** the way that a client with the same means takes if it keeps to the specification; null as above */
  conforming: z.enum(REGISTRATION_WAYS).nullable(),
});
/** How the client came by its `client_id`. */
export type RegistrationVerdict = z.infer<typeof registrationVerdict>;

/** What a flow came to. `stopped`: its user wanted it to end there; `under-way`: a watched client may still go on. */
export const flowOutcome = z.enum([
  'completed',
  'failed',
  'not-protected',
  'unreachable',
  'stopped',
  'under-way',
]);
/** What a flow came to. */
export type FlowOutcome = z.infer<typeof flowOutcome>;

/** What lay between the client and the servers. */
export const networkConditions = z.object({
  /** URLs of the proxies that the environment names, without passwords; hosts on loopback are reached without */
  proxies: z.array(z.string()),
  /** false if any certificate was taken for good (`--insecure`) */
  tls_verified: z.boolean(),
});
/** What lay between the client and the servers. */
export type NetworkConditions = z.infer<typeof networkConditions>;

/** What was expected of the flow, and what came. */
export const expectationResult = z.object({
  /** as it was given, as in `route=dcr` */
  expectation: z.string(),
  met: z.boolean(),
  /** what was seen, in words */
  seen: z.string(),
});
/** What was expected of the flow, and what came. */
export type ExpectationResult = z.infer<typeof expectationResult>;

/** How a step ended. */
export const flowStep = z.object({
  /** its place when it began */
  sequence,
  /** its place when it ended; all that happened in between belongs to it */
  until: sequence,
  id: flowStepId,
  /** `under-way`: the last step of a watched client that may still go on */
  outcome: z.enum(['done', 'skipped', 'failed', 'under-way']),
  /** why it was skipped or failed, or in short what came out */
  reason: z.string().nullable(),
  milliseconds: z.number().int().nonnegative(),
});
/** How a step ended. */
export type FlowStep = z.infer<typeof flowStep>;

/** The document of `inspect-flow --json`. Members are added over time; none changes its meaning or goes away. */
export const flowDocument = z.object({
  version: z.literal(1),
  /** what wrote it */
  generator: z.object({ name: z.string(), version: z.string() }),
  /** ISO 8601 */
  started_at: z.string(),
  milliseconds: z.number().int().nonnegative(),
  target: z.string(),
  network: networkConditions,
  /** the MCP revision that was negotiated; the newest until the server has answered */
  revision: z.string(),
  outcome: flowOutcome,
  /** why the flow did not complete, or how far it is; null where it did */
  reason: z.string().nullable(),
  registration: registrationVerdict,
  steps: z.array(flowStep),
  exchanges: z.array(tracedExchange),
  front_channel: z.array(frontChannelMessage),
  decisions: z.array(flowDecision),
  checks: z.array(checkResult),
  identifiers: z.array(seenIdentifier),
  /** in the order in which they were given; empty where nothing was expected */
  expectations: z.array(expectationResult),
  /** of a flow of somebody else's client; null where `inspect-flow` was the client */
  watched: watchedFacts.nullable().default(null),
});
/** The document of `inspect-flow --json`. */
export type FlowDocument = z.infer<typeof flowDocument>;
