import { isSameResource } from '../../shared/oauth/resource.js';
import type { StepCheck } from '../context.js';
import { checked, cut, memberEvidence } from './checked.js';
import { audiencesOf, type DecodedJwt } from './jwt.js';

/** What the claims are held against. */
export interface JwtCircumstances {
  readonly issuer: string;
  readonly resource: string | undefined;
  /** seconds since the epoch, when the token came */
  readonly now: number;
  readonly expiresIn: unknown;
}

/** `exp` and `expires_in` may be so many seconds apart. */
const LEEWAY = 60;

/** What the inside of an access token settles, where it is a JWT: it is the MCP server that will read it. */
export function checkJwtAccessToken(
  jwt: DecodedJwt,
  { issuer, resource, now, expiresIn }: JwtCircumstances,
): readonly StepCheck[] {
  const { header, claims } = jwt;
  const audiences = audiencesOf(jwt);
  const { exp } = claims;
  const left = typeof exp === 'number' ? exp - now : undefined;
  return [
    checked(
      'as.jwt-signed',
      String(header['alg']).toLowerCase() !== 'none',
      memberEvidence('alg', header['alg']),
    ),
    checked(
      'as.jwt-type',
      typeof header['typ'] === 'string' && /^(?:application\/)?at\+jwt$/i.test(header['typ']),
      memberEvidence('typ', header['typ']),
    ),
    checked(
      'as.jwt-issuer',
      claims['iss'] === issuer,
      `${memberEvidence('iss', claims['iss'])}, issuer ${cut(issuer)}`,
    ),
    checked(
      'as.jwt-audience',
      resource === undefined ? undefined : audiences.some((audience) => isSameResource(audience, resource)),
      `${memberEvidence('aud', claims['aud'])}, resource ${resource ?? 'not named'}`,
    ),
    checked('as.jwt-expiry', left !== undefined && left > 0, expiryEvidence(exp, left)),
    checked(
      'as.jwt-expiry-as-told',
      left === undefined || typeof expiresIn !== 'number' ? undefined : Math.abs(left - expiresIn) <= LEEWAY,
      `${expiryEvidence(exp, left)}, ${memberEvidence('expires_in', expiresIn)}`,
    ),
  ];
}

function expiryEvidence(exp: unknown, left: number | undefined): string {
  return left === undefined ? memberEvidence('exp', exp) : `exp is ${left} s from now`;
}
