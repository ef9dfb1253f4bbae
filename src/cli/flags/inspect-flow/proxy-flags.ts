import { Flags } from '@oclif/core';

/** Of no server or client of this field: see `docs/watch-proxy.md`. */
export const PROXY_PORT = 7411;

/** Where `inspect-flow watch --proxy` stands, and in front of what. */
export const PROXY_FLAGS = {
  proxy: Flags.string({
    description:
      'stand in front of the MCP server at this URL and of the authorization server that it names, and watch the clients' +
      ' that are given the URL of the proxy',
    helpGroup: 'PROXY',
    helpValue: '<mcp-url>',
  }),
  port: Flags.integer({
    description: `port of the proxy on localhost; 0 takes a free one (default ${PROXY_PORT})`,
    min: 0,
    max: 65535,
    dependsOn: ['proxy'],
    helpGroup: 'PROXY',
  }),
  'as-port': Flags.integer({
    description:
      'port of the proxy for an authorization server that is at another origin than the MCP server; 0 takes a free one' +
      ' (default: the port after --port)',
    min: 0,
    max: 65535,
    dependsOn: ['proxy'],
    helpGroup: 'PROXY',
  }),
};
