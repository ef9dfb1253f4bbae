import { renderBanner } from '../cli/banner.js';
import { BaseCommand } from '../cli/base-command.js';
import { announce } from '../cli/announce.js';
import { flowsFlags, flowsOptions } from '../cli/flags/flows-flags.js';
import { logFlags } from '../cli/flags/log-flags.js';
import { observationFlags, observationOptions } from '../cli/flags/observation-flags.js';
import { resourceServerFlags, resourceServerOptions } from '../cli/flags/resource-server-flags.js';
import { resourceServerPorts } from '../cli/resource-server-ports.js';
import { flowsPorts } from '../cli/flows-ports.js';
import { followPorts } from '../cli/follow-ports.js';
import { listenForInterrupt } from '../cli/interrupt.js';
import { metricsFact, startObservation } from '../cli/observation/observation.js';
import { planPlace } from '../cli/place.js';
import { stopServing } from '../cli/stop-serving.js';
import { authorizationServerFeed } from '../flows/follow/authorization-server-feed.js';
import { createFlowsService } from '../flows/service.js';
import { checkResourceServerOptions, createResourceServer } from '../rs/index.js';
import { toAll } from '../shared/events/to-all.js';

/** `mcp-oauth-demo rs` */
export default class Rs extends BaseCommand {
  static override summary = 'Run the MCP server that accepts tokens of an authorization server.';
  static override description =
    'Serves MCP at /mcp, in the revision 2026-07-28 and in those of 2025, with one tool, get_time, and protected' +
    ' resource metadata (RFC 9728). Verifies tokens by introspection, or JWTs by the keys of their issuer.';
  // The flags are listed right below; all of them in one line say nothing.
  static override usage = '<%= command.id %> [FLAGS]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --oauth-strict',
    '<%= config.bin %> <%= command.id %> --verify=jwt --auth-server https://as.example.com --audience api://my-mcp-server --accept-typ JWT --accept-alg RS256',
    '<%= config.bin %> <%= command.id %> --scoped-tools --scope-implies admin=user,profile,time',
    '<%= config.bin %> <%= command.id %> --port 8002 --auth-server http://localhost:9100',
    '<%= config.bin %> <%= command.id %> --auth-server https://as.example --introspection-credentials rs:secret' +
      ' --introspection-auth post --introspection-cache 10',
    '<%= config.bin %> <%= command.id %> --tls-cert cert.pem --tls-key key.pem --auth-server https://localhost:9000',
    '<%= config.bin %> <%= command.id %> --public-url https://mcp.example.com --auth-server https://as.example.com' +
      ' --introspection-credentials rs:a-long-random-secret --trust-proxy loopback,10.0.0.0/8',
    '<%= config.bin %> <%= command.id %> --sessions stateless',
    '<%= config.bin %> <%= command.id %> --max-sessions 100 --max-streams 100',
    '<%= config.bin %> <%= command.id %> --transport sse',
    '<%= config.bin %> <%= command.id %> --drain-seconds 10',
    '<%= config.bin %> <%= command.id %> --audit-log audit.jsonl --metrics 9465',
    '<%= config.bin %> <%= command.id %> --flow-history 5000',
    '<%= config.bin %> <%= command.id %> --no-flows',
  ];
  static override flags = { ...resourceServerFlags, ...flowsFlags, ...logFlags, ...observationFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(Rs);
    const untilInterrupted = listenForInterrupt();
    const watched = flowsOptions(flags);
    const observed = observationOptions(flags);
    const planned = await planPlace(flags, '');
    const { demoMode } = planned;
    const { oauthStrict } = checkResourceServerOptions({
      ...resourceServerOptions(flags, planned.url),
      demoMode,
    });
    const place = await planned.open();
    const options = resourceServerOptions(flags, place.url);
    const ports = await resourceServerPorts(planned.tls);
    const feed = authorizationServerFeed(
      options.authServers.map(({ issuer }) => issuer),
      { ...followPorts, fetch: ports.fetch, token: watched.token },
    );
    const flows = createFlowsService(watched, { ...flowsPorts, feed });
    const observation = await startObservation(observed, {
      server: 'rs',
      log: flags,
      skipped: flows.skipped,
    });
    const app = createResourceServer(
      { ...options, demoMode },
      { ...ports.deps, ...observation.passOn(ports), onEvent: toAll(observation.sink, flows.sink) },
    );
    const { resource } = options;
    place.serve(
      observation.watch(flows.serve(app, { places: () => ({ server: 'rs', resource }), demoMode })),
      observation.refusalsAt('rs'),
    );
    const { authServers, era, transport } = options;
    const issuers = authServers.map(({ issuer }) => issuer);
    announce(
      flags,
      { resource, issuer: issuers[0]!, authorization_servers: issuers, ...metricsFact(observation) },
      renderBanner({
        resource,
        issuer: issuers[0]!,
        otherIssuers: issuers.slice(1),
        demoMode: false,
        users: [],
        oauthStrict,
        flows: flows.urlAt(resource, demoMode),
        era,
        transport,
        metrics: observation.metricsUrl,
        certificate: flags['tls-cert'],
      }),
    );
    void app.ready();
    const drainSeconds = flags['drain-seconds'];
    await untilInterrupted(async () => {
      await stopServing([{ app, place }], { drainSeconds, flows, needed: [ports] });
      await observation.close();
    }, drainSeconds * 1000);
  }
}
