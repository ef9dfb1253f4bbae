import { resolve } from 'node:path';
import {
  REGISTRATION_MECHANISMS,
  type RegistrationMechanism,
} from '../shared/oauth/registration-mechanisms.js';
import { type EraChoice, revisionsSpoken } from '../shared/oauth/revisions.js';
import { printable } from '../shared/printable.js';

/** Where the pair is, for the text that greets its user. */
export interface BannerFacts {
  readonly resource?: string;
  readonly issuer: string;
  /** those that an MCP server trusts beside that */
  readonly otherIssuers?: readonly string[];
  readonly demoMode: boolean;
  readonly users: readonly string[];
  /** how clients can become known, and how many are configured */
  readonly clients?: { readonly registration: readonly RegistrationMechanism[]; readonly presets: number };
  readonly oauthStrict?: boolean;
  /** which eras of MCP the MCP server speaks */
  readonly era?: EraChoice;
  /** how clients reach it */
  readonly transport?: 'streamable-http' | 'sse';
  /** whether a resource server has to be told what it shows at introspection */
  readonly introspectionCredentials?: boolean;
  /** where what clients do can be watched */
  readonly flows?: string | undefined;
  /** where the authorization server keeps what it knows, where that was chosen; no password is in it */
  readonly store?: string | undefined;
  /** where metrics are served */
  readonly metrics?: string | undefined;
  /** the file of the certificate, where https is served with one */
  readonly certificate?: string | undefined;
}

/** What stands at the start of `all`, `as` and `rs`: the URLs, the login, and what to paste where. Fits 80 columns. */
export function renderBanner(facts: BannerFacts): string {
  const blocks = [renderPlaces(facts)];
  if (facts.certificate !== undefined) blocks.push(renderTrust(facts.certificate));
  blocks.push(facts.resource === undefined ? renderNext(facts) : renderClients(facts.resource, facts));
  return `${blocks.join('\n\n')}\n`;
}

function renderPlaces(facts: BannerFacts): string {
  const {
    resource,
    issuer,
    otherIssuers = [],
    demoMode,
    users,
    clients,
    oauthStrict,
    era,
    transport,
    flows,
    store,
    metrics,
  } = facts;
  const rows: [string, string][] = [];
  if (resource !== undefined) rows.push(['MCP server (RS)', resource]);
  rows.push(['Authorization server (AS)', issuer]);
  for (const other of otherIssuers) rows.push(['', other]);
  if (demoMode && users.length === 0) rows.push(['Sign in as', 'demo_user, with any password (demo mode)']);
  if (users.length > 0) rows.push(['Sign in as', users.join(', ')]);
  // Only of an authorization server that is started here: others have their own ways.
  if (clients) rows.push(['What users have allowed', `${issuer}/grants`]);
  if (flows !== undefined) rows.push(['What clients do', flows]);
  if (store !== undefined) rows.push(['Store', printable(store, 200)]);
  if (metrics !== undefined) rows.push(['Metrics', metrics]);
  // Only where it is not what one expects: that every client can come.
  if (clients && clients.registration.length < REGISTRATION_MECHANISMS.length) {
    rows.push(['Clients become known by', renderRegistration(clients)]);
  }
  if (oauthStrict !== undefined) {
    rows.push([
      'Token audience',
      oauthStrict ? 'must be this MCP server (RFC 8707)' : 'not checked: --oauth-strict checks it',
    ]);
  }
  const sse = transport === 'sse';
  if (era !== undefined) rows.push(['MCP revisions', revisionsSpoken(sse ? '2025' : era).join(', ')]);
  if (sse) rows.push(['MCP transport', 'HTTP+SSE: deprecated, for old clients only']);
  return rows.map(([label, value]) => `  ${label.padEnd(27)}${value}`).join('\n');
}

function renderRegistration({ registration, presets }: NonNullable<BannerFacts['clients']>): string {
  const none = presets === 0 && registration.every((mechanism) => mechanism === 'preset');
  return `${registration.join(', ')} only${none ? '; none yet, add one with --client <id>' : ''}`;
}

/** No program trusts a certificate by itself that only its owner has signed. */
function renderTrust(certificate: string): string {
  return `Clients have to trust the certificate. If you signed it yourself, those that run
on Node (the commands below too) do so with this in their environment:

    NODE_EXTRA_CA_CERTS=${resolve(certificate)}`;
}

/** An authorization server alone is nothing that a client could connect to. */
function renderNext({ issuer, introspectionCredentials }: BannerFacts): string {
  return `Next, in another terminal: the MCP server that it protects

    npx mcp-oauth-demo rs --oauth-strict --auth-server ${issuer}${
      introspectionCredentials ? ' \\\n      --introspection-credentials <id:secret>' : ''
    }`;
}

function renderClients(resource: string, facts: BannerFacts): string {
  return ['Connect a client', ...clientsOf(resource, facts)].join('\n\n');
}

/** What to paste where, of clients that speak what this server speaks. */
function clientsOf(resource: string, { clients, transport, era }: BannerFacts): readonly string[] {
  const sse = transport === 'sse';
  // The Inspector and inspect-flow have no metadata document: where they cannot register they need an id.
  const id = clients && !clients.registration.includes('dcr') ? ' --client-id <id>' : '';
  if (sse) return [...renderHosts(resource, sse), renderInspector(resource, `${id} --transport sse`)];
  const inspectFlow = renderInspectFlow(resource, id);
  if (era !== '2026-07-28')
    return [...renderHosts(resource, sse), renderInspector(resource, id), inspectFlow];
  return [
    '  One that begins with initialize, as most do, needs a server without --era',
    renderInspector(resource, `${id} --protocol-era modern`),
    inspectFlow,
  ];
}

/** Clients that people work with; they speak the revisions of 2025. */
function renderHosts(resource: string, sse: boolean): readonly string[] {
  const name = 'mcp-oauth-demo';
  const type = sse ? 'sse' : 'http';
  return [
    `  VS Code, in .vscode/mcp.json
    { "servers": { "${name}": { "type": "${type}",
        "url": "${resource}" } } }`,
    `  Claude Code
    claude mcp add --transport ${type} ${name} ${resource}`,
    `  mcp-remote, for clients that speak stdio only
    { "mcpServers": { "${name}": { "command": "npx",
        "args": ["mcp-remote", "${resource}"${sse ? ',\n          "--transport", "sse-only"' : ''}] } } }`,
  ];
}

function renderInspector(resource: string, options: string): string {
  return `  MCP Inspector (needs a newer Node, which npm brings along)
    npx -p node@24 -p @modelcontextprotocol/inspector@2.12.0 \\
      mcp-inspector --cli ${resource}${options === '' ? '' : ` \\\n     ${options}`} --method tools/list`;
}

/** It speaks the transport of today only. */
function renderInspectFlow(resource: string, id: string): string {
  return `  See every step of the flow, and which way a client came by its client_id
    npx mcp-oauth-demo inspect-flow ${resource}${id}`;
}

/** The user names in what a flag or a file gave; the server validates the rest. */
export function namesOf(users: readonly unknown[]): readonly string[] {
  return users.flatMap((user) =>
    typeof user === 'object' && user !== null && 'username' in user
      ? [printable(String(user.username), 40)]
      : [],
  );
}
