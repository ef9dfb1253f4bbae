import { MCP_REVISIONS, type McpRevision } from '../../shared/oauth/revisions.js';
import type { MetadataLocation } from '../../shared/oauth/well-known.js';
import type { CheckId } from '../checks/rules/index.js';
import { RESOURCE_METADATA_RULES } from '../checks/rules/resource-metadata.js';
import type { CheckResult } from '../trace/trace.js';

/** What the authorization chapter of one revision of MCP asks of a client, as far as revisions differ. */
export interface RevisionRules {
  readonly revision: McpRevision;
  /**
   * Where protected resource metadata is looked for. `nowhere`: the revision knows none, and the authorization server is
   * at the origin of the MCP server, with endpoints of fixed names if it has no metadata. Else where the challenge says,
   * or without that at the well-known URL of the endpoint, and (`or-root`) at that of the origin.
   */
  readonly resourceMetadata: 'nowhere' | 'named-or-inserted' | 'named-inserted-or-root';
  /** the kinds of authorization server metadata that are looked for, in order */
  readonly metadataKinds: readonly ('oauth' | 'openid')[];
  /** whether the request for authorization server metadata names the revision */
  readonly versionInDiscovery: boolean;
  /** the ways to come by a client_id, the one to prefer first */
  readonly registration: readonly ('preset' | 'cimd' | 'dcr' | 'ask')[];
  /** whether a registration says what kind of application it is for */
  readonly applicationType: boolean;
  /** whether the client stops where S256 is not advertised */
  readonly pkceMustBeAdvertised: boolean;
  /** whether authorization and token request name the resource */
  readonly resourceParameter: boolean;
  /** whether the scopes that the resource lists are asked for where the challenge names none */
  readonly scopesFromResource: boolean;
  /** whether an answer without `iss` is refused where the metadata announces it */
  readonly issMustCome: boolean;
  /** what a client asks for where its token has too little scope */
  readonly stepUp: 'nothing' | 'what-is-named' | 'union';
  /** whether requests after `initialize` name the revision in a header */
  readonly versionHeader: boolean;
  /** checks whose rule the revision does not have, or has on another level than the newest */
  readonly checks: Readonly<Partial<Record<CheckId, CheckResult['level'] | 'no-rule'>>>;
}

type LevelsAt = RevisionRules['checks'];

function withoutRules(...ids: readonly CheckId[]): LevelsAt {
  return Object.fromEntries(ids.map((id) => [id, 'no-rule']));
}

/** RFC 9207, and offline_access: since 2026-07-28. */
const BEFORE_2026_07_28 = withoutRules(
  'rs.no-offline-access',
  'as.iss-advertised',
  'as.iss-present',
  'as.iss-unannounced',
);

/** Scopes in challenges, step-up, metadata documents, PKCE in the metadata, and the extensions: since 2025-11-25. */
const BEFORE_2025_11_25: LevelsAt = {
  ...BEFORE_2026_07_28,
  ...withoutRules(
    'rs.challenge-scope',
    'rs.insufficient-scope-named',
    'rs.insufficient-scope-metadata',
    'rs.scope-challenge-complete',
    'rs.scope-challenge-sufficient',
    'as.pkce-s256',
    'as.cimd-advertised',
    'as.client-credentials-methods',
  ),
};

/** RFC 9728 and RFC 8707: since 2025-06-18. */
const BEFORE_2025_06_18: LevelsAt = {
  ...BEFORE_2025_11_25,
  ...withoutRules(
    ...(Object.keys(RESOURCE_METADATA_RULES) as (keyof typeof RESOURCE_METADATA_RULES)[]),
    'rs.challenge-resource-metadata',
    'rs.challenge-metadata-url',
    'as.resource-listed',
    'as.jwt-audience',
  ),
};

/**
 * The revisions, by what their authorization chapters and transports say.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization MCP 2025-03-26}
 * @see {@link https://modelcontextprotocol.io/specification/2025-06-18/basic/authorization MCP 2025-06-18}
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization MCP 2025-11-25}
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization MCP 2026-07-28}
 */
export const REVISION_RULES: Readonly<Record<McpRevision, RevisionRules>> = {
  '2025-03-26': {
    revision: '2025-03-26',
    resourceMetadata: 'nowhere',
    metadataKinds: ['oauth'],
    versionInDiscovery: true,
    registration: ['preset', 'dcr', 'ask'],
    applicationType: false,
    pkceMustBeAdvertised: false,
    resourceParameter: false,
    scopesFromResource: false,
    issMustCome: false,
    stepUp: 'nothing',
    versionHeader: false,
    checks: { ...BEFORE_2025_06_18, 'as.metadata-found': 'SHOULD', 'as.refresh-rotates': 'SHOULD' },
  },
  '2025-06-18': {
    revision: '2025-06-18',
    resourceMetadata: 'named-or-inserted',
    metadataKinds: ['oauth'],
    versionInDiscovery: false,
    registration: ['preset', 'dcr', 'ask'],
    applicationType: false,
    pkceMustBeAdvertised: false,
    resourceParameter: true,
    scopesFromResource: false,
    issMustCome: false,
    stepUp: 'nothing',
    versionHeader: true,
    checks: { ...BEFORE_2025_11_25, 'rs.challenge-resource-metadata': 'MUST' },
  },
  '2025-11-25': {
    revision: '2025-11-25',
    resourceMetadata: 'named-inserted-or-root',
    metadataKinds: ['oauth', 'openid'],
    versionInDiscovery: false,
    registration: ['preset', 'cimd', 'dcr', 'ask'],
    applicationType: false,
    pkceMustBeAdvertised: true,
    resourceParameter: true,
    scopesFromResource: true,
    issMustCome: false,
    stepUp: 'what-is-named',
    versionHeader: true,
    checks: BEFORE_2026_07_28,
  },
  '2026-07-28': {
    revision: '2026-07-28',
    resourceMetadata: 'named-inserted-or-root',
    metadataKinds: ['oauth', 'openid'],
    versionInDiscovery: false,
    registration: ['preset', 'cimd', 'dcr', 'ask'],
    applicationType: true,
    pkceMustBeAdvertised: true,
    resourceParameter: true,
    scopesFromResource: true,
    issMustCome: true,
    stepUp: 'union',
    versionHeader: true,
    checks: {},
  },
};

/** The rules that servers from before protected resource metadata are met with. */
export const OLDEST_RULES: RevisionRules = REVISION_RULES[MCP_REVISIONS[0]];

/** Those of the places for authorization server metadata that a revision knows. */
export function metadataLocationsOf(
  { metadataKinds }: RevisionRules,
  locations: readonly MetadataLocation[],
): readonly MetadataLocation[] {
  return locations.filter(({ form }) => metadataKinds.some((kind) => form.startsWith(`${kind}-`)));
}

/** The `resource` parameter of a request, where there is one to send. */
export function resourceParameter(resource: string | undefined): { readonly resource?: string } {
  return resource === undefined ? {} : { resource };
}

const BROKEN = { MUST: 'fail', SHOULD: 'warn', MAY: 'skip' } as const;

/** The result of a check as a revision sees it, which may have the rule on another level or not at all. */
export function checkAt<Check extends Pick<CheckResult, 'id' | 'level' | 'status' | 'evidence'>>(
  { revision, checks }: RevisionRules,
  check: Check,
): Check {
  const known: Readonly<Partial<Record<string, CheckResult['level'] | 'no-rule'>>> = checks;
  const level = known[check.id];
  if (level === undefined || level === check.level) return check;
  if (level === 'no-rule') {
    return { ...check, status: 'skip', evidence: `MCP ${revision} has no such rule; ${check.evidence}` };
  }
  const broken = check.status === 'fail' || check.status === 'warn';
  return { ...check, level, status: broken ? BROKEN[level] : check.status };
}
