import type { FlowDocument } from '../../../src/flows/index.js';
import { createForeignPair, inspect, json, TOKEN_RESPONSE } from '../support.js';

/** A flow that went well. */
export async function goodFlow(): Promise<FlowDocument> {
  return (await inspect(createForeignPair().fetch)).document;
}

/** A flow that reached the tool, though a MUST and a SHOULD were broken: a token response that may be stored. */
export async function carelessFlow(): Promise<FlowDocument> {
  const { access_token, token_type } = TOKEN_RESPONSE;
  const token = json({ access_token, token_type });
  return (await inspect(createForeignPair({ 'POST as.example/token': token }).fetch)).document;
}

/** A flow that ended at the token endpoint. */
export async function failedFlow(): Promise<FlowDocument> {
  const token = json({ error: 'server_error' }, { status: 500 });
  return (await inspect(createForeignPair({ 'POST as.example/token': token }).fetch)).document;
}
