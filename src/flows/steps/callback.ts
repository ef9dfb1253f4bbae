import { checkAnswer, checkCallbackForm } from '../checks/authorization-answer.js';
import { checkCallback } from '../checks/callback.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import type { AuthorizationFacts } from './authorization.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';

/** Errors by which an authorization server says that it does not want this client at all. */
const CLIENT_ERRORS: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client']);

/** What the answer of the authorization server is held against. */
export interface CallbackInput {
  readonly server: AuthorizationServerFacts;
  readonly authorization: AuthorizationFacts;
  /** true if the client_id was not issued in this run */
  readonly clientGiven: boolean;
}

/**
 * Validates the authorization response: first whom it is from and what it answers, and only then what it says.
 *
 * @returns the authorization code
 * @throws FlowFailure if the response can't be trusted, or is an error
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#authorization-response-validation MCP, authorization response validation}
 */
export function readCallback(context: StepContext, input: CallbackInput): string {
  const { server, authorization } = input;
  const callback = new URL(authorization.callback);
  const parameters = callback.searchParams;
  context.frontChannel('authorization-response', authorization.callback);
  context.identify('redirect_uri', `${callback.origin}${callback.pathname}`, 'URL of the callback');
  const state = parameters.get('state');
  const iss = parameters.get('iss');
  const issAdvertised = server.metadata.authorization_response_iss_parameter_supported === true;
  context.report(
    checkCallback({ sentState: authorization.state, state, issuer: server.issuer, iss, issAdvertised }),
  );
  context.report(checkCallbackForm(callback));
  if (iss !== null) context.identify('issuer', iss, 'iss of the authorization response');
  refuseDuplicates(parameters);
  if (state !== authorization.state) {
    throw new FlowFailure(
      'the state is not the one that was sent, so this may be the answer to another request',
    );
  }
  settleIssuer(context, { issuer: server.issuer, iss, issAdvertised });
  // Not before: what a stranger says is not even shown.
  context.report(checkAnswer(parameters));
  const error = parameters.get('error');
  if (error !== null) {
    const description = parameters.get('error_description');
    throw new FlowFailure(
      `the authorization server answered ${error}${description === null ? '' : ` (${description})`}`,
      { clientRefused: input.clientGiven && CLIENT_ERRORS.has(error) },
    );
  }
  const code = parameters.get('code');
  if (code === null || code === '') throw new FlowFailure('the answer has neither a code nor an error');
  context.decide(
    'Takes the code to the token endpoint',
    'state and issuer are those of this request',
    SPEC.authorizationResponse,
  );
  return code;
}

function refuseDuplicates(parameters: URLSearchParams): void {
  const names = [...parameters.keys()].filter((name) => ['code', 'state', 'iss', 'error'].includes(name));
  if (new Set(names).size < names.length) {
    throw new FlowFailure(
      'a parameter of the answer comes more than once, so there is no telling which one counts',
    );
  }
}

/** The four rows of the table. On a mismatch nothing else of the response may be shown or acted upon. */
function settleIssuer(
  context: StepContext,
  { issuer, iss, issAdvertised }: { issuer: string; iss: string | null; issAdvertised: boolean },
): void {
  if (iss === null && issAdvertised && context.rules.issMustCome) {
    throw new FlowFailure(
      'the answer has no iss, although the metadata says that it always has one; it may come from another' +
        ' authorization server',
    );
  }
  if (iss !== null && iss !== issuer) {
    throw new FlowFailure(
      `the answer is from the issuer ${iss}, not from ${issuer} (compared character by character); its code goes nowhere`,
    );
  }
  context.decide(
    iss === null ? 'Accepts the answer without iss' : `Accepts the answer as that of ${issuer}`,
    iss === null
      ? issAdvertised
        ? `the metadata announces iss, and MCP ${context.rules.revision} does not ask the client to insist on it`
        : 'the metadata does not announce iss, so it is not required'
      : `iss is the issuer${issAdvertised ? '' : ' (it was not announced, but what is there is compared)'}`,
    SPEC.issuerValidation,
  );
}
