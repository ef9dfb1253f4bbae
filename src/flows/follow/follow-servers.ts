import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { ResolveHost } from '../exchange/reach.js';
import type { RecordedExchange } from '../record/recorded-exchange.js';
import { findAuthorizationServers } from './authorization-servers.js';
import { type FollowPorts, followServer, type ServerNews } from './follow-server.js';

/** A server that is followed. */
export interface FollowedServer {
  readonly server: 'as' | 'rs';
  /** its resource or issuer, as far as it is known; else its URL */
  readonly url: string;
}

/** How it stands with a server. */
export type ServerState =
  /** followed for the first time */
  | 'connected'
  /** followed again: the same process, or another one at its place */
  | 'back'
  | 'restarted'
  /** not reached, or no longer; it is tried again */
  | 'lost'
  /** there is nothing to follow, and it is not tried again */
  | 'absent'
  | 'refused';

/** What comes of following an MCP server and its authorization servers. */
export type Followed =
  | {
      readonly type: 'server';
      readonly server: FollowedServer;
      readonly state: ServerState;
      /** more of it, in words; '' where there is no more */
      readonly detail: string;
      /** exchanges that it served and did not write down */
      readonly skipped: number;
    }
  | {
      readonly type: 'exchange';
      readonly exchange: RecordedExchange;
      /** whether it was there before the following began */
      readonly old: boolean;
    }
  /** no authorization server could be found; the MCP server alone is followed */
  | { readonly type: 'alone'; readonly why: string }
  /** what was there before has been told, of every server that could be reached */
  | { readonly type: 'ready' }
  /** nothing is left to follow */
  | { readonly type: 'nothing' };

/** What following needs of the world, and what it may show. */
export interface FollowServersPorts extends FollowPorts {
  readonly resolve?: ResolveHost;
  /** what flows are read with where that is asked for; it goes over https and on this machine only */
  readonly token: string | undefined;
}

/** What is known of one server while it is followed. */
interface Following {
  readonly origin: string;
  about: FollowedServer;
  recorder: string | undefined;
  isConnected: boolean;
  /** until it is live, or cannot be reached, what it tells was there before */
  isPast: boolean;
  /** whether it is known what else is to be followed because of it */
  isSettled: boolean;
}

/**
 * Follows an MCP server and the authorization servers that its metadata names, until the signal fires or nothing is left
 * to follow. What two servers of one process both tell is told once.
 *
 * @param target URL of the MCP server (or of an authorization server, which is then followed alone)
 */
export async function followServers(
  target: string,
  ports: FollowServersPorts,
  tell: (followed: Followed) => void,
): Promise<void> {
  const all: Following[] = [];
  const running = new Set<Promise<void>>();
  let isReady = false;

  function settle(): void {
    if (isReady || all.some(({ isSettled }) => !isSettled)) return;
    isReady = true;
    tell({ type: 'ready' });
  }

  function follow(about: FollowedServer): void {
    const { origin } = new URL(about.url);
    if (all.some((known) => known.origin === origin)) return;
    const following: Following = {
      origin,
      about,
      recorder: undefined,
      isConnected: false,
      isPast: true,
      isSettled: false,
    };
    all.push(following);
    start(followServer(origin, tokenFor(origin, ports.token), ports, (news) => take(following, news)));
  }

  function start(work: Promise<void>): void {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
  }

  async function findOthers(settled: () => void): Promise<void> {
    const found = await findAuthorizationServers(target, ports);
    if (ports.signal.aborted) return;
    if (found.found) for (const url of found.issuers) follow({ server: 'as', url });
    else if (all.length === 1) tell({ type: 'alone', why: found.why });
    settled();
  }

  function take(following: Following, news: ServerNews): void {
    const say = (state: ServerState, detail = '', skipped = 0) =>
      tell({ type: 'server', server: following.about, state, detail, skipped });
    const isTarget = following === all[0];
    switch (news.type) {
      case 'hello': {
        const { recorder, server, issuer, resource, skipped } = news.hello;
        const before = following.recorder;
        const named = (server === 'as' ? issuer : resource) ?? '';
        following.about = { server, url: URL.canParse(named) ? named : following.about.url };
        following.recorder = recorder;
        following.isConnected = true;
        say(before === undefined ? 'connected' : before === recorder ? 'back' : 'restarted', '', skipped);
        return;
      }
      case 'exchange': {
        const { exchange } = news;
        if (isToldByAnother(following, exchange)) return;
        return tell({ type: 'exchange', exchange, old: following.isPast });
      }
      case 'live':
        return onward(following, isTarget && following.about.server === 'rs');
      case 'lost':
        following.isConnected = false;
        say('lost', news.detail);
        return onward(following, false);
      case 'absent':
      case 'refused':
        following.isConnected = false;
        say(news.type, news.detail);
        return onward(following, isTarget);
    }
  }

  /** Both servers of one process tell what reached either of them. */
  function isToldByAnother(following: Following, { recorder }: RecordedExchange): boolean {
    const other = all.find((one) => one.isConnected && one.recorder === recorder);
    return other !== undefined && other !== following;
  }

  /** What was there before is over; of the MCP server it is known now whether it is there, and so whom to ask further. */
  function onward(following: Following, looksFurther: boolean): void {
    const settled = () => {
      following.isSettled = true;
      settle();
    };
    following.isPast = false;
    if (looksFurther) start(findOthers(settled));
    else settled();
  }

  follow({ server: 'rs', url: target });
  while (running.size > 0) await Promise.race(running);
  if (!ports.signal.aborted) tell({ type: 'nothing' });
}

/** A token is worth what it opens: it goes nowhere where others could read it on the way. */
function tokenFor(origin: string, token: string | undefined): string | undefined {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || isLoopbackHost(hostname) ? token : undefined;
}
