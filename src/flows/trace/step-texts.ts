import { FLOW_STEPS, type FlowStepId } from './trace.js';

/** What a step is called, and what it is for. */
export const STEP_TEXTS: Readonly<Record<FlowStepId, { readonly title: string; readonly purpose: string }>> =
  {
    challenge: {
      title: 'Challenge',
      purpose: 'Ask without a token, and see what the MCP server wants.',
    },
    'resource-metadata': {
      title: 'Protected resource metadata',
      purpose: 'Learn which resource this is, and which authorization server it trusts.',
    },
    'authorization-server-metadata': {
      title: 'Authorization server metadata',
      purpose: 'Learn the endpoints of the authorization server, and that it is the right one.',
    },
    registration: {
      title: 'Registration',
      purpose: 'Come by a client_id: bring one, or ask for one.',
    },
    authorization: {
      title: 'Authorization',
      purpose: 'Send the user to the authorization server, to sign in and agree.',
    },
    callback: {
      title: 'Callback',
      purpose: 'Make sure that the answer belongs to this request and this server.',
    },
    token: {
      title: 'Token',
      purpose: 'Turn the code into an access token.',
    },
    'mcp-call': {
      title: 'MCP call',
      purpose: 'List the tools and call one, with the token if one was asked for.',
    },
    refresh: { title: 'Refresh', purpose: 'Turn the refresh token into a new access token.' },
    'step-up': { title: 'Step-up', purpose: 'Ask for the scopes that were missing.' },
    'cross-origin': {
      title: 'Cross-origin requests',
      purpose: 'See what a client that runs in a browser would be allowed.',
    },
    revocation: { title: 'Revocation', purpose: 'Give the tokens back.' },
    'clean-up': { title: 'Clean-up', purpose: 'Take away what this run left at the authorization server.' },
  };

/** The place of a step among those that every flow has, counted from 1; `+` for the others. */
export function stepNumber(id: FlowStepId): string {
  const place = FLOW_STEPS.findIndex((step) => step === id);
  return place < 0 ? '+' : String(place + 1);
}
