import { Flags } from '@oclif/core';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';

/** How tokens are verified, as `rs` and `all` can set it. */
export const verificationFlags = {
  verify: Flags.option({
    options: ['introspection', 'jwt'] as const,
    default: 'introspection' as const,
    description:
      'whether tokens are verified by asking the authorization server about each, or, if they are JWTs, by its keys' +
      ' alone; a JWT that was revoked passes until it expires then',
    helpGroup: 'TOKENS',
  })(),
  audience: Flags.string({
    helpValue: '<value>',
    multiple: true,
    multipleNonGreedy: true,
    description:
      'what a token may be for beside this server, as the identifier of an API or a client id; repeatable',
    helpGroup: 'TOKENS',
  }),
  'accept-typ': Flags.string({
    helpValue: '<typ>',
    multiple: true,
    multipleNonGreedy: true,
    description:
      'with --verify=jwt: typ of access tokens beside at+jwt; JWT lets those without one pass too; repeatable',
    helpGroup: 'TOKENS',
  }),
  'accept-alg': Flags.option({
    options: SIGNATURE_ALGORITHMS,
    helpValue: '<alg>',
    multiple: true,
    multipleNonGreedy: true,
    description:
      'with --verify=jwt: what tokens may be signed with; any asymmetric algorithm unless given; repeatable',
    helpGroup: 'TOKENS',
  })(),
  'clock-tolerance': Flags.integer({
    helpValue: '<seconds>',
    default: 5,
    min: 0,
    max: 300,
    description: 'with --verify=jwt: how far the clocks of both servers may be apart',
    helpGroup: 'TOKENS',
  }),
  'oauth-strict': Flags.boolean({
    allowNo: true,
    description:
      'refuse a token whose audience is not this server (RFC 8707); on with --verify=jwt or --audience, else off',
    helpGroup: 'TOKENS',
  }),
};

/** What these flags come to. */
export interface VerificationFlags {
  readonly verify: 'introspection' | 'jwt';
  readonly audience?: string[] | undefined;
  readonly 'accept-typ'?: string[] | undefined;
  readonly 'accept-alg'?: SignatureAlgorithm[] | undefined;
  readonly 'clock-tolerance': number;
  /** undefined where the server decides */
  readonly 'oauth-strict'?: boolean | undefined;
}

/** The options of the resource server that these flags give. */
export function verificationOptions(flags: VerificationFlags) {
  return {
    verify: flags.verify,
    audiences: flags.audience ?? [],
    acceptedTypes: flags['accept-typ'] ?? [],
    acceptedAlgorithms: flags['accept-alg'],
    clockToleranceSeconds: flags['clock-tolerance'],
    oauthStrict: flags['oauth-strict'],
  };
}
