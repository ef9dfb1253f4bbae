import { connect, isConnection } from '../mcp/connect.js';
import type { McpPeer } from '../mcp/post.js';
import { refusalInWords } from './token-refusal.js';

/** What the MCP server makes of a token. */
export interface TokenProbe {
  /** undefined if its answer says nothing about the token */
  readonly accepted: boolean | undefined;
  readonly inWords: string;
}

/** Connects with a token and asks for the tools, to see whether the server takes it. Nothing is called. */
export async function probeToken(peer: McpPeer): Promise<TokenProbe> {
  const connected = await connect(peer);
  if (!isConnection(connected)) return told(connected);
  const answer = await connected.request('tools/list', {});
  await connected.close();
  return answer.kind === 'result' ? { accepted: true, inWords: 'tools/list was answered' } : told(answer);
}

function told(answer: Exclude<Awaited<ReturnType<typeof connect>>, { request: unknown }>): TokenProbe {
  if (answer.kind === 'failed') return { accepted: undefined, inWords: answer.reason };
  const { response } = answer.exchange;
  return {
    accepted: response?.status === 401 ? false : undefined,
    inWords: response ? refusalInWords(response) : 'no answer',
  };
}
