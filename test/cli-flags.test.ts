import { resolve } from 'node:path';
import { Parser } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import { renderBanner } from '../src/cli/banner.js';
import { authorizationServerOptions } from '../src/cli/flags/authorization-server-flags.js';
import All from '../src/commands/all.js';
import As from '../src/commands/as.js';
import InspectFlow from '../src/commands/inspect-flow/index.js';
import Rs from '../src/commands/rs.js';
import {
  REGISTRATION_MECHANISMS,
  type RegistrationMechanism,
} from '../src/shared/oauth/registration-mechanisms.js';

describe('all', () => {
  it('takes every flag of as and of rs, prefixed only where each has one of its own, and no others', () => {
    const [as, rs, all] = [As, Rs, All].map(({ flags }) => Object.keys(flags));
    const ofTheLog = ['log-format', 'quiet', 'verbose'];
    const placed = ['port', 'host', 'public-url', 'allow-origin'];
    const ofTheFlows = ['flows', 'flow-history', 'flows-token'];
    const observing = ['audit-log', 'metrics'];
    const transport = ['tls-cert', 'tls-key', 'insecure-http', 'trust-proxy', 'rate-limit', 'drain-seconds'];
    const common = [...ofTheLog, ...ofTheFlows, ...observing, ...transport];
    const clashing = as!.filter((name) => rs!.includes(name) && !common.includes(name));
    expect(clashing.sort()).toEqual([...placed].sort());
    const expected = [
      ...common,
      ...placed.flatMap((name) => [`as-${name}`, `rs-${name}`]),
      ...[...as!, ...rs!].filter((name) => !placed.includes(name) && !common.includes(name)),
    ];
    expect(all!.sort()).toEqual(expected.sort());
  });

  it('takes one value for each flag that repeats, so that it swallows nothing that follows', () => {
    const greedy = [As, Rs, All].flatMap(({ flags }) =>
      Object.entries(flags)
        .filter(([, flag]) => 'multiple' in flag && flag.multiple && !flag.multipleNonGreedy)
        .map(([name]) => name),
    );
    expect(greedy).toEqual([]);
  });
});

describe('a flag that can be given both ways', () => {
  const both = [As, Rs, All].flatMap((command) =>
    Object.entries(command.flags).flatMap(([name, flag]) =>
      flag.type === 'boolean' && flag.allowNo ? [[command.name, name, flag] as const] : [],
    ),
  );

  it.each(both)('counts as it was given last: %s --%s', async (_command, name, flag) => {
    const parsed = async (...argv: string[]) => {
      const { flags } = await Parser.parse(argv, { flags: { [name]: flag } });
      return flags[name];
    };
    expect(await parsed(`--${name}`, `--no-${name}`)).toBe(false);
    expect(await parsed(`--no-${name}`, `--${name}`)).toBe(true);
  });

  it('is each of those that this is tried with', () => {
    expect(new Set(both.map(([, name]) => name))).toEqual(new Set(['rate-limit', 'oauth-strict', 'flows']));
  });
});

describe('the help of as', () => {
  it('has an example with each flag that is not about the log', () => {
    const examples = As.examples.map((one) => (typeof one === 'string' ? one : one.command)).join(' ');
    const shown = new Set([...examples.matchAll(/--(?:no-)?([a-z-]+)/g)].map(([, name]) => name!));
    const ofTheLog = ['log-format', 'quiet', 'verbose'];
    const flags = Object.keys(As.flags).filter((name) => !ofTheLog.includes(name));
    expect([...shown].sort()).toEqual(flags.sort());
  });
});

describe('a list of names', () => {
  it('has each name once, however often it was given', () => {
    const options = authorizationServerOptions({
      registration: 'dcr,preset,dcr',
      grants: 'authorization_code,authorization_code',
      scopes: 'user',
      'cimd-allow-loopback': false,
      'token-format': 'opaque',
      'signing-alg': 'ES256',
      'access-token-seconds': 3600,
      'refresh-token-seconds': 3600,
      'refresh-grace': 0,
      'code-seconds': 60,
      'open-introspection': false,
      'insecure-http': false,
    });
    expect(options).toMatchObject({ registration: ['dcr', 'preset'], grants: ['authorization_code'] });
  });
});

describe('a flag that is not given', () => {
  it('has the default that the documents name', () => {
    expect(As.flags).toMatchObject({
      port: { default: 9000 },
      host: { default: 'localhost' },
      scopes: { default: 'user' },
      'access-token-seconds': { default: 3600 },
      'code-seconds': { default: 60 },
      registration: { default: 'preset,cimd,dcr' },
    });
    expect(Rs.flags).toMatchObject({
      port: { default: 8001 },
      host: { default: 'localhost' },
      'auth-server': { default: ['http://localhost:9000'] },
      transport: { default: 'streamable-http' },
      'oauth-strict': { allowNo: true },
      verify: { default: 'introspection' },
      'clock-tolerance': { default: 5 },
    });
    // Whether the audience is checked follows from how tokens are verified.
    expect(Rs.flags['oauth-strict'].default).toBeUndefined();
    expect(All.flags).toMatchObject({
      'as-port': { default: 9000 },
      'rs-port': { default: 8001 },
      'oauth-strict': { default: true, allowNo: true },
    });
    expect(InspectFlow.args['server-url']).toMatchObject({ default: 'http://localhost:8001/mcp' });
  });
});

describe('the banner', () => {
  const resource = 'http://localhost:8123/mcp';
  const facts = { resource, issuer: 'http://localhost:9123', demoMode: true, users: [], oauthStrict: true };

  /** The indented lines under a heading, as one would paste them. */
  function below(heading: string): string {
    const [, block = ''] =
      new RegExp(`^  ${heading}.*\\n((?: {4}.*\\n?)+)`, 'm').exec(renderBanner(facts)) ?? [];
    return block.trim();
  }

  it('has configuration that a client can read', () => {
    expect(JSON.parse(below('VS Code'))).toEqual({
      servers: { 'mcp-oauth-demo': { type: 'http', url: resource } },
    });
    expect(JSON.parse(below('mcp-remote'))).toEqual({
      mcpServers: { 'mcp-oauth-demo': { command: 'npx', args: ['mcp-remote', resource] } },
    });
  });

  it('has commands of one line each for a shell', () => {
    expect(below('Claude Code')).toBe(`claude mcp add --transport http mcp-oauth-demo ${resource}`);
    expect(below('MCP Inspector').replace(/ \\\n +/, ' ')).toBe(
      `npx -p node@24 -p @modelcontextprotocol/inspector@2.12.0 mcp-inspector --cli ${resource} --method tools/list`,
    );
  });

  it('names the transport that is served, and no command that does not speak it', () => {
    const banner = renderBanner({ ...facts, era: 'both', transport: 'sse' });
    expect(banner.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const old = banner.replace(/( \\)?\n +/g, ' ');
    expect(old).toContain('HTTP+SSE: deprecated');
    expect(old).toContain('"type": "sse"');
    expect(old).toContain(`claude mcp add --transport sse mcp-oauth-demo ${resource}\n`);
    expect(old).toContain(`mcp-inspector --cli ${resource} --transport sse`);
    expect(old).toContain(`"args": ["mcp-remote", "${resource}", "--transport", "sse-only"]`);
    expect(old).not.toContain('inspect-flow');
    expect(old).not.toContain('2026-07-28');
  });

  it('of an authorization server alone names the command that starts an MCP server for it', () => {
    const { resource: _, ...alone } = facts;
    expect(renderBanner(alone)).toContain(`mcp-oauth-demo rs --oauth-strict --auth-server ${facts.issuer}\n`);
  });

  it('says that a credential is needed where none is known beforehand', () => {
    const { resource: _, ...alone } = facts;
    const credentials = '--introspection-credentials <id:secret>';
    expect(renderBanner(alone)).not.toContain(credentials);
    expect(renderBanner({ ...alone, introspectionCredentials: true })).toContain(credentials);
  });

  it('says how its certificate comes to be trusted, by the whole path of its file', () => {
    expect(renderBanner(facts)).not.toContain('NODE_EXTRA_CA_CERTS');
    const said = renderBanner({ ...facts, certificate: 'cert.pem' });
    expect(said).toContain(`    NODE_EXTRA_CA_CERTS=${resolve('cert.pem')}\n`);
    expect(said.split('\n').filter((line) => line.length > 80 && !line.includes('NODE_EXTRA'))).toEqual([]);
  });

  it('gives an id to clients that could register nowhere and have no document', () => {
    const said = (registration: readonly RegistrationMechanism[]) => {
      const banner = renderBanner({ ...facts, clients: { registration, presets: 1 } });
      expect(banner.split('\n').filter((line) => line.length > 80)).toEqual([]);
      return banner.match(/--client-id <id>/g)?.length ?? 0;
    };
    expect([said(['cimd']), said(['preset', 'cimd']), said(['dcr']), said(['preset', 'dcr'])]).toEqual([
      2, 2, 0, 0,
    ]);
  });

  it('says how clients become known where that is not in every way', () => {
    const said = (registration: readonly RegistrationMechanism[], presets: number) =>
      /^ {2}Clients become known by +(.*)$/m.exec(
        renderBanner({ ...facts, clients: { registration, presets } }),
      )?.[1];
    expect(said(REGISTRATION_MECHANISMS, 0)).toBeUndefined();
    expect(said(['preset', 'dcr'], 0)).toBe('preset, dcr only');
    expect(said(['dcr'], 0)).toBe('dcr only');
    expect(said(['preset'], 1)).toBe('preset only');
    expect(said(['preset'], 0)).toBe('preset only; none yet, add one with --client <id>');
  });

  it('offers demo_user only where any password signs in', () => {
    expect(renderBanner(facts)).toContain('demo_user, with any password');
    expect(renderBanner({ ...facts, users: ['alice'] })).not.toContain('demo_user');
    expect(renderBanner({ ...facts, demoMode: false })).not.toContain('demo_user');
  });
});
