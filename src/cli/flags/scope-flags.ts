import { Flags } from '@oclif/core';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { splitAtFirst } from './values.js';

const repeatable = { multiple: true as const, multipleNonGreedy: true, helpGroup: 'SCOPES' };

/** Which scopes tokens need at the MCP server. */
export const scopeFlags = {
  'required-scope': Flags.string({
    ...repeatable,
    helpValue: '<scope>',
    default: ['user'],
    description: 'scope that every request needs; repeatable',
  }),
  'no-required-scope': Flags.boolean({
    description: 'a token needs no scope, unless it is for a tool',
    exclusive: ['required-scope'],
    helpGroup: 'SCOPES',
  }),
  'scope-implies': Flags.string({
    ...repeatable,
    helpValue: '<broad>=<narrow>[,<narrow>]',
    description: 'a scope that includes narrower ones, as in admin=user,profile; repeatable',
  }),
  'scoped-tools': Flags.boolean({
    description:
      'adds the tools whoami (scope profile) and set_clock (scope time:write, which time includes), to watch a client' +
      ' step up',
    helpGroup: 'SCOPES',
  }),
};

/** What the flags of the scopes come to. */
export interface ScopeFlags {
  readonly 'required-scope': string[];
  readonly 'no-required-scope': boolean;
  readonly 'scope-implies'?: string[] | undefined;
  readonly 'scoped-tools': boolean;
}

/**
 * The options of the resource server that these flags give; it validates them itself.
 *
 * @throws ConfigurationError for a `--scope-implies` without two sides
 */
export function scopeOptions(flags: ScopeFlags) {
  return {
    requiredScopes: flags['no-required-scope'] ? [] : flags['required-scope'],
    scopeImplies: parseImplications(flags['scope-implies'] ?? []),
    scopedTools: flags['scoped-tools'],
  };
}

/** What is said of the same broad scope more than once is taken together. */
function parseImplications(values: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const implied = new Map<string, readonly string[]>();
  for (const value of values) {
    const [broad, narrow = ''] = splitAtFirst('=', value);
    const scopes = narrow.split(',').filter((scope) => scope !== '');
    if (broad === '' || scopes.length === 0) {
      throw new ConfigurationError(
        'scope-implies',
        'needs a broad scope, "=" and the narrower ones with commas between them, as in admin=user,profile',
      );
    }
    implied.set(broad, [...(implied.get(broad) ?? []), ...scopes]);
  }
  return Object.fromEntries(implied);
}
