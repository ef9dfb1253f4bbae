import { type CredentialStore, type KeptCredentials } from '../../shared/oauth/kept-credentials.js';
import { isSameRedirectUri } from '../../shared/oauth/redirect-uri.js';
import type { StepContext } from '../context.js';
import { SPEC } from '../specification/spec.js';
import type { Registration, RegistrationInput } from './client.js';
import { removeRegistration } from './removal.js';

/**
 * The credentials that are kept for this issuer, if they can be used now. What can't be is told.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#authorization-server-binding MCP, authorization server binding}
 */
export async function recall(
  context: StepContext,
  store: CredentialStore,
  input: RegistrationInput,
): Promise<KeptCredentials | undefined> {
  const { issuer } = input.server;
  const previous = await store.issuerOf(context.plan.target);
  if (previous !== undefined && previous !== issuer) {
    context.decide(
      `Does not use what it keeps for ${previous}`,
      `the resource now names the authorization server ${issuer}; credentials are good only where they were issued`,
      SPEC.authorizationServerBinding,
    );
  }
  const kept = await store.get(issuer);
  if (!kept) {
    context.decide(
      `Has kept no credentials for ${issuer}`,
      'no earlier run with --remember has registered there, or they were forgotten',
      SPEC.authorizationServerBinding,
    );
    return undefined;
  }
  const fault = whyNotUsable(kept, input, context.deps.clock.now());
  if (fault === undefined) return kept;
  context.decide(
    `Does not use the client_id ${kept.client_id} that it keeps`,
    fault,
    SPEC.authorizationServerBinding,
  );
  return undefined;
}

function whyNotUsable(
  kept: KeptCredentials,
  { redirectUri }: RegistrationInput,
  now: number,
): string | undefined {
  const { client_secret_expires_at: expiresAt = 0, redirect_uri: registered } = kept;
  if (expiresAt !== 0 && expiresAt <= now) return 'its client_secret has expired';
  if (redirectUri === undefined) return undefined;
  if (registered === undefined) return 'it was registered without a redirect URI';
  // Another port is the authorization server's to allow; another path or host it has never heard of.
  if (!isSameRedirectUri(registered, redirectUri)) {
    return `it was registered with the redirect URI ${registered}, and this run uses ${redirectUri}`;
  }
  return undefined;
}

/** Tells that credentials of an earlier run are used, and which port they were registered with. */
export function tellRecalled(
  context: StepContext,
  kept: KeptCredentials,
  redirectUri: string | undefined,
): void {
  const isSame = redirectUri === undefined || kept.redirect_uri === redirectUri;
  context.decide(
    `Uses the client_id ${kept.client_id} that it keeps for ${kept.issuer}, and does not register`,
    'it was registered there in an earlier run with --remember' +
      (isSame
        ? ''
        : `; its redirect URI has another port (${kept.redirect_uri}), and on loopback any port must be allowed`),
    isSame ? SPEC.authorizationServerBinding : SPEC.nativeRedirect,
  );
}

/**
 * Keeps a registration for the runs to come.
 *
 * @returns false if it can't be kept, which is told
 */
export async function keep(
  context: StepContext,
  store: CredentialStore,
  { server: { issuer }, redirectUri }: RegistrationInput,
  registration: Registration,
): Promise<boolean> {
  const { clientSecret, clientSecretExpiresAt, management } = registration;
  try {
    await store.put({
      issuer,
      client_id: registration.clientId,
      token_endpoint_auth_method: registration.authenticationMethod,
      ...(redirectUri !== undefined && { redirect_uri: redirectUri }),
      registered_at: context.deps.clock.now(),
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
      ...(clientSecretExpiresAt !== undefined && { client_secret_expires_at: clientSecretExpiresAt }),
      ...(management && {
        registration_client_uri: management.clientUri,
        registration_access_token: management.accessToken,
      }),
    });
    await store.putIssuer(context.plan.target, issuer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.decide('Could not keep its credentials', why, SPEC.authorizationServerBinding);
    return false;
  }
  context.decide(
    `Keeps the client_id ${registration.clientId} for ${issuer}`,
    'its user wants that (--remember); it is kept under the issuer, as it is good for no other',
    SPEC.authorizationServerBinding,
  );
  return true;
}

/** Drops what is kept for this issuer (`--forget`), and takes the registration away where that is offered. */
export async function forget(context: StepContext, store: CredentialStore, issuer: string): Promise<void> {
  const kept = await store.get(issuer);
  // Also where there is something that can't be read.
  await store.delete(issuer);
  if (!kept) {
    context.decide(
      `Has nothing to forget for ${issuer}`,
      'no credentials are kept for it (--forget)',
      SPEC.authorizationServerBinding,
    );
    return;
  }
  context.decide(
    `Forgets the client_id ${kept.client_id} that it kept for ${issuer}`,
    'its user wants that (--forget)',
    SPEC.authorizationServerBinding,
  );
  const { registration_client_uri: clientUri, registration_access_token: accessToken } = kept;
  if (clientUri === undefined || accessToken === undefined) return;
  await removeRegistration(context, kept.client_id, { clientUri, accessToken }, 'nobody uses it any more');
}
