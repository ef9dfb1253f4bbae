import { differenceInWords, firstDifference } from '../../findings/identifier-difference.js';
import { SPEC } from '../../specification/spec.js';
import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { answeredIn, callbackOf, inWords, isGood, sentIn, statusOf, textOf, textsOf } from '../seen-flow.js';
import type { FindingContext, FindingRule, Found } from './rule.js';

/** Strings that must be the same, to the character. */
export const IDENTIFIER_FINDINGS: readonly FindingRule[] = [
  {
    id: 'issuer-mismatch',
    severity: 'problem',
    spec: SPEC.authorizationServerMetadataValidation,
    look: issuerMismatch,
  },
  { id: 'audience-mismatch', severity: 'problem', spec: SPEC.canonicalServerUri, look: audienceMismatch },
  { id: 'resource-missing', severity: 'notice', spec: SPEC.resourceParameter, look: resourceMissing },
];

function issuerMismatch({ seen }: FindingContext): Found | undefined {
  const issuer = documents(seen.of('authorization-server-metadata'))
    .map((body) => textOf(body, 'issuer'))
    .findLast((value) => value !== undefined);
  if (issuer === undefined) return undefined;
  const named = documents(seen.of('resource-metadata')).flatMap((body) =>
    textsOf(body, 'authorization_servers'),
  );
  const iss = seen.all
    .map((exchange) => callbackOf(exchange)?.get('iss'))
    .findLast((value) => value !== undefined && value !== null);
  const evidence = [
    ...(named.length > 0 && !named.includes(issuer)
      ? [
          `the metadata of the MCP server names ${closest(named, issuer)}, and the issuer calls itself ${issuer}: it ${differenceInWords(closest(named, issuer), issuer)}`,
        ]
      : []),
    ...(iss !== undefined && iss !== null && iss !== issuer
      ? [`the answer to the client names ${iss} as iss: it ${differenceInWords(issuer, iss)}`]
      : []),
  ];
  if (evidence.length === 0) return undefined;
  return {
    what: 'the issuer is spelled in two ways, and strict clients refuse to go on',
    evidence,
    who: named.includes(issuer) || named.length === 0 ? 'as' : 'rs',
    change:
      'use one string everywhere: authorization_servers of the MCP server, issuer of the metadata, iss of the answer',
  };
}

function documents(exchanges: readonly RecordedExchange[]) {
  return exchanges.filter((exchange) => isGood(exchange) && exchange.from !== 'rs').map(answeredIn);
}

function closest(references: readonly string[], value: string): string {
  return references.reduce((best, one) =>
    firstDifference(one, value) > firstDifference(best, value) ? one : best,
  );
}

/** By the comparison of our own server; of others, by their metadata. */
function audienceMismatch({ seen }: FindingContext): Found | undefined {
  const compared = seen.of('mcp').findLast(({ facts }) => facts.resource?.same === false);
  if (compared?.facts.resource) {
    const { requested, configured } = compared.facts.resource;
    const nearest = requested.length === 0 ? undefined : closest(requested, configured);
    const refused = statusOf(compared) === 401 || statusOf(compared) === 403;
    return {
      severity: refused ? 'problem' : 'notice',
      what: `the token is for ${requested.join(', ') || 'no resource'}, and this MCP server is ${configured}`,
      evidence: [
        inWords(compared),
        ...(nearest === undefined ? [] : [`the audience ${differenceInWords(configured, nearest)}`]),
      ],
      who: 'client',
      change: 'name the resource of the metadata in the authorization request, as it is spelled there',
    };
  }
  const published = documents(seen.of('resource-metadata'))
    .map((body) => textOf(body, 'resource'))
    .findLast((value) => value !== undefined);
  const asked = seen.of('authorization-request').flatMap((exchange) => textsOf(sentIn(exchange), 'resource'));
  const other = asked.find((value) => published !== undefined && !isSameResource(value, published));
  if (published === undefined || other === undefined) return undefined;
  return {
    severity: 'notice',
    what: `the client asked for a token for ${other}, and the MCP server calls itself ${published}`,
    evidence: [`resource in the authorization request: it ${differenceInWords(published, other)}`],
    who: 'client',
    change: 'name the resource of the metadata in the authorization request, as it is spelled there',
  };
}

/** A URL without a path may be written with or without the slash. */
function isSameResource(one: string, other: string): boolean {
  return (
    one === other || (URL.parse(one)?.pathname === '/' && URL.parse(one)?.href === URL.parse(other)?.href)
  );
}

function resourceMissing({ seen }: FindingContext): Found | undefined {
  if (seen.of('resource-metadata').length === 0) return undefined;
  const without = seen
    .of('authorization-request')
    .filter(
      (exchange) =>
        exchange.request.method === 'GET' &&
        exchange.brought.client_id !== undefined &&
        sentIn(exchange)['resource'] === undefined,
    );
  if (without.length === 0) return undefined;
  return {
    what: 'the client did not say for which resource it wants a token',
    evidence: without.map((exchange) => `${inWords(exchange)}: no resource parameter`),
    who: 'client',
    change: 'send resource with the authorization request and with the token request',
  };
}
