import * as z from 'zod';
import { ConfigurationError } from '../shared/configuration-error.js';
import { isResourceIdentifier } from '../shared/oauth/resource.js';
import { documentUrlFault } from '../shared/oauth/document-url.js';
import { nearest } from '../shared/nearest.js';
import { MCP_REVISIONS } from '../shared/oauth/revisions.js';
import { VERSION } from '../shared/version.js';
import { readClientKey } from './client-key/client-key.js';
import { parseExpectation } from './findings/expectations.js';
import { parseExtraHeaders } from './exchange/extra-headers.js';
import { FLOW_STEPS, LATER_STEPS } from './trace/trace.js';

/** The grants by which a flow can come by its token. */
export const GRANTS = ['authorization_code', 'client_credentials'] as const;

const STEP_IDS = [...FLOW_STEPS, ...LATER_STEPS] as const;

/** What one run of the inspector shall do. */
const flowPlan = z.strictObject({
  /** URL of the MCP endpoint */
  target: z.string(),
  /** the revision to keep to; by default the newest that the server speaks */
  revision: z.enum(MCP_REVISIONS).optional(),
  /** a client_id that the authorization server has, or is said to have; without it the client registers */
  clientId: z.string().min(1, 'must not be empty').optional(),
  clientSecret: z.string().min(1, 'must not be empty').optional(),
  /** the private key of the client, PKCS #8 in PEM or a JWK as JSON; it signs instead of a secret */
  clientKey: z.string().optional(),
  /** `client_credentials`: the client acts for itself, and no user is asked */
  grant: z.enum(GRANTS, `must be ${GRANTS.join(' or ')}`).default('authorization_code'),
  /** the https URL of this client's own metadata document; used where the authorization server takes those */
  clientMetadataUrl: z.string().optional(),
  /** puts up such a document on loopback for the time of the run, for an authorization server that takes it there */
  serveClientMetadata: z.boolean().default(false),
  /** registers, whatever else would be possible */
  register: z.boolean().default(false),
  /** keeps the credentials of a registration for the next run, and uses those of an earlier one */
  remember: z.boolean().default(false),
  /** drops the credentials that are kept for the issuer, before anything else */
  forget: z.boolean().default(false),
  /** asked for instead of what challenge and metadata say; space separated */
  scope: z.string().optional(),
  /** sent as `resource` instead of what the resource metadata names */
  resource: z
    .string()
    .refine(isResourceIdentifier, 'must be an http or https URL without fragment, user name and password')
    .optional(),
  /** added to requests to the MCP server, each as `Name: value` */
  header: z
    .array(z.string())
    .default([])
    .superRefine((lines, context) => {
      const headers = parseExtraHeaders(lines);
      if (typeof headers === 'string') context.addIssue(headers);
    }),
  /** the tool to call */
  call: z.string().min(1, 'must not be empty').optional(),
  /** the arguments for that tool */
  args: z.record(z.string(), z.unknown()).optional(),
  /** uses the refresh token after the call, and then presents the old one again, which ends the session */
  refresh: z.boolean().default(false),
  /** gives the tokens back at the end */
  revoke: z.boolean().default(false),
  /** the step after which the flow ends; what has to be cleaned up still is */
  until: z
    .string()
    .pipe(z.enum(STEP_IDS, { error: ({ input }) => unknownStep(String(input)) }))
    .optional(),
  /** what is expected of the flow, as `--expect` takes it */
  expect: z.array(z.string()).default([]),
  /** looks at both servers as a client in a browser would, after the flow */
  crossOrigin: z.boolean().default(true),
  /** how long one exchange may take */
  timeoutSeconds: z.number().positive('must be more than 0').max(600, 'must be at most 600').default(15),
  /** what the client calls itself in MCP and at registration */
  client: z
    .object({ name: z.string(), version: z.string() })
    .default({ name: 'mcp-oauth-demo inspect-flow', version: VERSION }),
});

/** What a run is to do, with the defaults filled in. */
export type FlowPlan = z.infer<typeof flowPlan>;
/** What a run is to do, as its user says it; `target` is all that is needed. */
export type FlowPlanOptions = z.input<typeof flowPlan>;

/**
 * Why a text can't be the URL of an MCP server.
 *
 * @returns undefined if it can
 */
export function targetFault(target: string): string | undefined {
  const url = URL.parse(target);
  if (!url) return 'is not a URL; an MCP server has one like http://localhost:8001/mcp';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must start with http:// or https://';
  if (target.includes('#')) return 'must not have a fragment';
  if (url.username !== '' || url.password !== '') return 'must not carry user name or password';
  return undefined;
}

/**
 * Validates a plan and fills in the defaults.
 *
 * @throws ConfigurationError that names the option and what is allowed
 */
export function parseFlowPlan(options: FlowPlanOptions): FlowPlan {
  const parsed = flowPlan.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ConfigurationError(String(issue.path[0] ?? 'plan'), issue.message);
  }
  const fault = targetFault(parsed.data.target);
  if (fault !== undefined) throw new ConfigurationError('target', fault);
  if (parsed.data.args !== undefined && parsed.data.call === undefined) {
    throw new ConfigurationError('args', 'needs the tool that the arguments are for (--call)');
  }
  const contradiction = credentialsContradiction(parsed.data) ?? registrationContradiction(parsed.data);
  if (contradiction) throw new ConfigurationError(...contradiction);
  parsed.data.expect.forEach((text) => parseExpectation(text));
  return parsed.data;
}

/** What is wrong with how the client shows who it is, as option and message. */
function credentialsContradiction(plan: FlowPlan): [option: string, message: string] | undefined {
  const { clientId, clientSecret, clientKey, clientMetadataUrl, grant } = plan;
  if (clientSecret !== undefined && clientId === undefined) {
    return ['clientSecret', 'needs the client id that it belongs to (--client-id)'];
  }
  if (clientKey !== undefined) {
    const read = readClientKey(clientKey);
    if (!read.ok) return ['clientKey', read.why];
    if (clientSecret !== undefined)
      return ['clientKey', 'is used instead of --client-secret: give one of them'];
    if (clientId === undefined && clientMetadataUrl === undefined) {
      return ['clientKey', 'needs the client that it belongs to (--client-id or --client-metadata-url)'];
    }
  }
  if (
    grant === 'client_credentials' &&
    (clientId === undefined || (clientSecret ?? clientKey) === undefined)
  ) {
    return [
      'grant',
      'client_credentials is for a client that is known beforehand: give --client-id, and --client-secret or --client-key',
    ];
  }
  return undefined;
}

/** What of a plan can't be done together, as option and message. */
function registrationContradiction(plan: FlowPlan): [option: string, message: string] | undefined {
  const { clientId, clientMetadataUrl, register } = plan;
  const instead = servedDocumentRival(plan);
  if (plan.serveClientMetadata && instead !== undefined) {
    return ['serveClientMetadata', `makes a client of its own, and so does ${instead}: give one of them`];
  }
  if (register && clientId !== undefined) {
    return ['register', 'registers anew, and --client-id brings a client_id along: give one of them'];
  }
  const fault = clientMetadataUrl === undefined ? undefined : documentUrlFault(clientMetadataUrl);
  if (fault !== undefined) {
    return ['clientMetadataUrl', `${fault}; it is a URL like https://app.example.com/oauth/client.json`];
  }
  return undefined;
}

function unknownStep(id: string): string {
  const meant = nearest(id, STEP_IDS);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `${id} is no step of a flow; the steps are ${STEP_IDS.join(', ')}${hint}`;
}

/** The flag that says something else of the client than the document would. */
function servedDocumentRival(plan: FlowPlan): string | undefined {
  if (plan.clientId !== undefined) return '--client-id';
  if (plan.clientMetadataUrl !== undefined) return '--client-metadata-url';
  return plan.register ? '--register' : undefined;
}
