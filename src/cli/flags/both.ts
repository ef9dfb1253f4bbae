import { Flags, type Interfaces } from '@oclif/core';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { authorizationServerFlags } from './authorization-server-flags.js';
import { flagOfOption } from './flag-of-option.js';
import { clientFlags, stopFlags, transportFlags } from './place-flags.js';
import { resourceServerFlags } from './resource-server-flags.js';

type Side = 'as' | 'rs';

/** Flags that `all` has once, for both sides: the two are one process on one machine, and go by one certificate. */
const commonFlags = { ...transportFlags, ...clientFlags, ...stopFlags };
type Common = keyof typeof commonFlags;

/**
 * The flags of one side under the names they have in `all`: prefixed where the other side has that name too, and does
 * not share it.
 */
type Prefixed<P extends Side, Own, Other> = {
  [
    Name in keyof Own & string as Name extends Exclude<keyof Other, Common> ? `${P}-${Name}` : Name
  ]: Own[Name];
};

function clashes(name: string, other: object): boolean {
  return name in other && !(name in commonFlags);
}

function prefixed<P extends Side, Own extends object, Other extends object>(side: P, own: Own, other: Other) {
  const entries = Object.entries(own).map(([name, flag]) => [
    clashes(name, other) ? `${side}-${name}` : name,
    flag,
  ]);
  return Object.fromEntries(entries) as Prefixed<P, Own, Other>;
}

/** Every flag of both servers, for `all`. */
export const flagsOfBoth = {
  ...prefixed('as', authorizationServerFlags, resourceServerFlags),
  ...prefixed('rs', resourceServerFlags, authorizationServerFlags),
  'auth-server': Flags.string({
    helpValue: '<url>',
    multiple: true,
    multipleNonGreedy: true,
    description: 'issuer of another authorization server than the one that is started here; repeatable',
    helpGroup: 'TOKENS',
  }),
  'token-format': Flags.option({
    options: ['opaque', 'jwt'] as const,
    description:
      'access tokens that mean nothing by themselves, or signed JWTs (RFC 9068); opaque unless --verify=jwt',
    helpGroup: 'TOKENS',
  })(),
  'oauth-strict': Flags.boolean({
    allowNo: true,
    default: true,
    description: 'refuse a token whose audience is not this MCP server (RFC 8707); on by default',
    helpGroup: 'TOKENS',
  }),
};

type FlagsOfBoth = Interfaces.InferredFlags<typeof flagsOfBoth>;

/**
 * The parsed flags of one side, under the names that they have in its own command.
 *
 * @param parsed what oclif made of {@link flagsOfBoth}
 */
export function flagsOfSide<P extends Side>(side: P, parsed: FlagsOfBoth) {
  type Own = {
    [
      Name in keyof FlagsOfBoth & string as Name extends `${P}-${infer Plain}` ? Plain : Name
    ]: FlagsOfBoth[Name];
  };
  const entries = Object.entries(parsed).map(([name, value]) => [
    name.startsWith(`${side}-`) ? name.slice(side.length + 1) : name,
    value,
  ]);
  return Object.fromEntries(entries) as Own;
}

/**
 * Runs what reads the options of one side, so that what it says is wrong has the name of the flag in `all`.
 *
 * @throws ConfigurationError that names the prefixed flag where both sides have one of that name
 */
export function namingFlagsOf<T>(side: Side, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const flag = flagOfOption(error.option);
    const isOfBoth = flag in authorizationServerFlags && clashes(flag, resourceServerFlags);
    throw new ConfigurationError(isOfBoth ? `${side}-${flag}` : flag, error.message);
  }
}
