import { ConfigurationError } from '../../shared/configuration-error.js';
import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { ParsedOptions } from './schema.js';

/**
 * The rules that take more than one option.
 *
 * @throws ConfigurationError that names the option to change
 */
export function checkTogether(options: ParsedOptions): void {
  checkTransport(options);
  checkIssuers(options);
  checkTools(options);
  checkHosts(options);
  checkIntrospection(options);
  checkJwt(options);
  checkSse(options);
}

/**
 * Tokens come to this server and go on to the authorization server, with this server's own credentials beside them.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-1.5 OAuth 2.1 §1.5}
 */
function checkTransport({ insecureHttp, resource, authServers }: ParsedOptions): void {
  if (insecureHttp) return;
  const urls = [
    ['resource', resource] as const,
    ...authServers.map(({ issuer }) => ['authServers', issuer] as const),
    ...authServers.flatMap(({ introspectionEndpoint: endpoint }) =>
      endpoint === undefined ? [] : [['introspectionEndpoint', endpoint] as const],
    ),
  ];
  for (const [option, url] of urls) {
    const { protocol, hostname } = new URL(url);
    if (protocol === 'https:' || isLoopbackHost(hostname)) continue;
    throw new ConfigurationError(
      option,
      `${url} is plain http and not on this machine; use https, or allow it with insecureHttp (--insecure-http)`,
    );
  }
}

/** A token is of one issuer: which of two with the same name it is could not be told. */
function checkIssuers({ authServers }: ParsedOptions): void {
  const issuers = authServers.map(({ issuer }) => issuer.replace(/\/$/, ''));
  const twice = issuers.find((issuer, at) => issuers.indexOf(issuer) !== at);
  if (twice !== undefined) throw new ConfigurationError('authServers', `${twice} is there twice`);
}

function checkTools({ tools, scopedTools }: ParsedOptions): void {
  if (!tools || !scopedTools) return;
  throw new ConfigurationError('scopedTools', 'adds to the tools that are built in, which `tools` replaces');
}

/** What would have no effect is more likely a mistake. */
function checkHosts({ allowHosts, demoMode }: ParsedOptions): void {
  if (allowHosts.length === 0 || !demoMode) return;
  throw new ConfigurationError(
    'allowHosts',
    'has no effect in demo mode, where only names of this machine are served (--public-url ends demo mode)',
  );
}

/** What says how to ask the authorization server has no meaning where it is not asked. */
function checkIntrospection({ verify, authServers, introspectionCacheSeconds }: ParsedOptions): void {
  if (verify === 'introspection') return;
  const option =
    (['introspectionEndpoint', 'introspectionAuth'] as const).find((name) =>
      authServers.some((server) => server[name] !== undefined),
    ) ?? (introspectionCacheSeconds > 0 ? 'introspectionCacheSeconds' : undefined);
  if (option === undefined) return;
  throw new ConfigurationError(option, `is for verify=introspection, and this server has verify=${verify}`);
}

/** The same the other way round. */
function checkJwt({ verify, acceptedTypes, acceptedAlgorithms }: ParsedOptions): void {
  if (verify === 'jwt') return;
  const option =
    acceptedTypes.length > 0
      ? 'acceptedTypes'
      : acceptedAlgorithms === undefined
        ? undefined
        : 'acceptedAlgorithms';
  if (option === undefined) return;
  throw new ConfigurationError(option, `is for verify=jwt, and this server has verify=${verify}`);
}

/** HTTP+SSE is older than what it would be combined with. */
function checkSse({ transport, era, sessions }: ParsedOptions): void {
  if (transport !== 'sse') return;
  if (era === '2026-07-28') {
    throw new ConfigurationError('era', 'is 2026-07-28, which has no transport=sse; use streamable-http');
  }
  if (sessions === 'stateless') {
    throw new ConfigurationError(
      'sessions',
      'can not be stateless with transport=sse: its stream is a session',
    );
  }
}
