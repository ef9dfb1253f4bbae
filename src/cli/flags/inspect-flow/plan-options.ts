import type { Interfaces } from '@oclif/core';
import type { CLIENT_FLAGS } from './client-flags.js';
import type { CONTROL_FLAGS } from './control-flags.js';
import type { PROTOCOL_FLAGS } from './protocol-flags.js';
import type { REGISTRATION_FLAGS } from './registration-flags.js';
import type { RUN_FLAGS } from './run-flags.js';
import { jsonObject, readText } from '../values.js';

type PlanFlags = Interfaces.InferredFlags<
  typeof CLIENT_FLAGS &
    typeof PROTOCOL_FLAGS &
    typeof RUN_FLAGS &
    typeof REGISTRATION_FLAGS &
    Pick<typeof CONTROL_FLAGS, 'until' | 'expect'>
>;

/**
 * What the flags say of the run, as the flows take it.
 *
 * @param target URL of the MCP server
 */
export function planOptions(target: string, flags: PlanFlags) {
  return given({
    target,
    timeoutSeconds: flags.timeout,
    clientId: flags['client-id'],
    clientSecret: flags['client-secret'],
    clientKey: flags['client-key'] === undefined ? undefined : readText('client-key', flags['client-key']),
    grant: flags.grant,
    clientMetadataUrl: flags['client-metadata-url'],
    serveClientMetadata: flags['serve-client-metadata'],
    register: flags.register,
    remember: flags.remember,
    forget: flags.forget,
    scope: flags.scope,
    revision: flags.revision,
    resource: flags.resource,
    header: flags.header,
    call: flags.call,
    crossOrigin: !flags['no-cross-origin'],
    args: flags.args === undefined ? undefined : jsonObject('args', flags.args),
    refresh: flags.refresh,
    revoke: flags.revoke,
    until: flags.until,
    expect: flags.expect,
  });
}

type Given<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** Without the members that nobody gave. */
function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
