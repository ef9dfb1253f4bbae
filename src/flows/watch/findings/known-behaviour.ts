import type { Responsible } from '../../trace/watched-facts.js';

/** How a person makes a program forget the client_id that it keeps. */
const FORGETTING: Readonly<Record<string, string>> = {
  'VS Code':
    'run "Authentication: Remove Dynamic Authentication Providers" in VS Code, pick the server, and start it again',
  'MCP Inspector': 'use "Clear OAuth State" in the Inspector, or take the client id out of its settings',
  'mcp-remote': 'delete ~/.mcp-auth',
  'Claude Code': 'run claude mcp login, or remove the entry that its keychain keeps for this server',
};

/**
 * How to make a program forget its client_id.
 *
 * @param program as in `VS Code`; undefined where nobody knows which it is
 */
export function howToForget(program: string | undefined): string {
  return FORGETTING[program ?? ''] ?? 'make the client forget the client_id that it keeps for this server';
}

/** An answer at the token endpoint that says `invalid_client`. */
interface InvalidClientAnswer {
  readonly grant: 'code' | 'refresh';
  readonly status: number;
}

/** Why a program stays with its client_id after an answer, and who can do something. */
interface NoReaction {
  readonly why: string;
  readonly who: Responsible;
}

/** Programs that keep an id which was answered with `invalid_client`; undefined where the answer is acted on. */
const REACTIONS: Readonly<Record<string, (answer: InvalidClientAnswer) => NoReaction | undefined>> = {
  'VS Code': ({ grant, status }) =>
    grant === 'code' && status >= 300
      ? {
          why: 'to a code, it drops its client_id only where invalid_client comes with HTTP 200, which OAuth does not allow',
          who: 'user',
        }
      : undefined,
  'claude.ai': ({ status }) =>
    status === 401 ? undefined : { why: 'it heeds invalid_client with status 401 only', who: 'as' },
  'Python SDK': () => ({ why: 'it never registers again because of invalid_client', who: 'user' }),
  Codex: () => ({ why: 'it does not register again because of invalid_client', who: 'user' }),
};

/**
 * Whether a program is known to do nothing about such an answer.
 *
 * @param program as in `VS Code`; undefined where nobody knows which it is
 * @returns undefined where it acts on it, or nobody knows
 */
export function reactionOf(program: string | undefined, answer: InvalidClientAnswer): NoReaction | undefined {
  return REACTIONS[program ?? '']?.(answer);
}

/** In seconds: VS Code takes a token that lives no longer for one that is about to end. */
export const VSCODE_REFRESHES_BELOW = 300;
