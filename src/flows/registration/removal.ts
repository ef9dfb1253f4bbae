import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import { SPEC } from '../specification/spec.js';
import { answerInWords, oauthErrorOf } from '../parsing/json-body.js';
import type { RegistrationManagement } from './client.js';

/**
 * Takes a registration away from the authorization server. A failure is told, and ends nothing.
 *
 * @param because why it is to go
 * @see {@link https://www.rfc-editor.org/rfc/rfc7592#section-2.3 RFC 7592 §2.3}
 */
export async function removeRegistration(
  context: StepContext,
  clientId: string,
  { clientUri, accessToken }: RegistrationManagement,
  because: string,
): Promise<void> {
  const exchange = await context.send({
    method: 'DELETE',
    url: clientUri,
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const status = exchange.response?.status;
  const said = oauthErrorOf(exchange)?.inWords ?? answerInWords(exchange);
  const isSuccess = status !== undefined && status >= 200 && status < 300;
  context.report([
    // Whoever refuses may have a reason; whoever agrees has one way to say so.
    checked('as.registration-deleted', isSuccess ? status === 204 : undefined, `DELETE: ${said}`),
  ]);
  context.decide(
    isSuccess ? `Has removed its registration ${clientId}` : `Could not remove its registration ${clientId}`,
    isSuccess ? because : `the authorization server answered: ${said}; it stays registered there`,
    SPEC.registrationRemoval,
  );
}
