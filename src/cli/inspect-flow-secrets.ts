/** The variables from which `inspect-flow` takes secrets, so that they need not be in the list of processes. */
export const SECRET_VARIABLES = {
  clientSecret: 'MCP_OAUTH_DEMO_CLIENT_SECRET',
  password: 'MCP_OAUTH_DEMO_PASSWORD',
} as const;

/** The flags that secrets belong to. */
interface SecretFlags {
  readonly 'client-id'?: string | undefined;
  readonly 'client-secret'?: string | undefined;
  readonly 'client-key'?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * The secrets of a run. A flag goes before a variable, and a variable counts only where its secret is of use: it may be
 * set for other runs than this one.
 */
export function secretsOf(
  flags: SecretFlags,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly clientSecret: string | undefined; readonly password: string | undefined } {
  const set = (name: string) => environment[name] || undefined;
  const isOfUse = flags['client-id'] !== undefined && flags['client-key'] === undefined;
  const ofClient = isOfUse ? set(SECRET_VARIABLES.clientSecret) : undefined;
  return {
    clientSecret: flags['client-secret'] ?? ofClient,
    password: flags.password ?? set(SECRET_VARIABLES.password),
  };
}
