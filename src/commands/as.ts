import { checkAuthorizationServerOptions, openStore, startAuthorizationServer } from '../as/index.js';
import { announce } from '../cli/announce.js';
import { authorizationServerPorts } from '../cli/authorization-server-ports.js';
import { namesOf, renderBanner } from '../cli/banner.js';
import { BaseCommand } from '../cli/base-command.js';
import {
  authorizationServerFlags,
  authorizationServerOptions,
} from '../cli/flags/authorization-server-flags.js';
import { issuerAt } from '../cli/flags/epoch.js';
import { flowsFlags, flowsOptions } from '../cli/flags/flows-flags.js';
import { logFlags } from '../cli/flags/log-flags.js';
import { observationFlags, observationOptions } from '../cli/flags/observation-flags.js';
import { storeOptions } from '../cli/flags/store-flags.js';
import { flowsPorts } from '../cli/flows-ports.js';
import { listenForInterrupt } from '../cli/interrupt.js';
import { metricsFact, startObservation } from '../cli/observation/observation.js';
import { planPlace } from '../cli/place.js';
import { stopServing } from '../cli/stop-serving.js';
import { placesIn } from '../flows/record/places.js';
import { createFlowsService } from '../flows/service.js';
import { systemClock } from '../shared/clock.js';
import { toAll } from '../shared/events/to-all.js';

/** `mcp-oauth-demo as` */
export default class As extends BaseCommand {
  static override summary = 'Run the OAuth 2.1 authorization server.';
  static override description =
    'Serves metadata (RFC 8414), registration (RFC 7591), authorization with PKCE, tokens, introspection (RFC 7662)' +
    ' and revocation (RFC 7009), and tells in its log how each client came by its client_id.';
  // The flags are listed right below; all of them in one line say nothing.
  static override usage = '<%= command.id %> [FLAGS]';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'Know one client beforehand, and refuse those that are not known',
      command: '<%= config.bin %> <%= command.id %> --client demo-preset --unknown-clients=reject',
    },
    {
      description: 'Know confidential clients, or such with keys, and no others',
      command: '<%= config.bin %> <%= command.id %> --registration=preset --clients clients.json',
    },
    {
      description: 'Have clients register, and those again that come with a client_id of before',
      command: '<%= config.bin %> <%= command.id %> --registration=preset,dcr --unknown-clients=reregister',
    },
    {
      description: 'Let apps register whose redirect URIs have a scheme of their own',
      command: '<%= config.bin %> <%= command.id %> --allow-redirect-scheme myapp',
    },
    {
      description: 'Read the metadata documents of one host only',
      command: '<%= config.bin %> <%= command.id %> --cimd-trust app.example.com',
    },
    {
      description: 'Read one from this machine, while the client is being written',
      command: '<%= config.bin %> <%= command.id %> --cimd-allow-loopback',
    },
    {
      description: 'Be another authorization server to clients, so that they register afresh',
      command: '<%= config.bin %> <%= command.id %> --epoch second',
    },
    {
      description: 'Issue JWTs, with a new key each day',
      command:
        '<%= config.bin %> <%= command.id %> --token-format=jwt --signing-alg=RS256 --rotate-keys-every=86400',
    },
    {
      description: 'See clients refresh, some of them twice at once',
      command:
        '<%= config.bin %> <%= command.id %> --access-token-seconds=60 --code-seconds=30 --refresh-token-seconds=86400 --refresh-grace=30',
    },
    {
      description: 'Serve clients without a user too',
      command:
        '<%= config.bin %> <%= command.id %> --grants=authorization_code,refresh_token,client_credentials',
    },
    {
      description: 'Issue tokens for one MCP server, which introspects with its own secret',
      command:
        '<%= config.bin %> <%= command.id %> --resource http://localhost:8001/mcp --rs-credentials http://localhost:8001/mcp:a-secret',
    },
    {
      description: 'Let resource servers introspect that cannot authenticate',
      command: '<%= config.bin %> <%= command.id %> --open-introspection',
    },
    {
      description: 'Check passwords, and offer two scopes, of which a client that names none gets one',
      command:
        '<%= config.bin %> <%= command.id %> --port 9100 --user alice:correct-horse --scopes user,profile' +
        ' --default-scopes user',
    },
    {
      description: 'Know clients and users still after a restart',
      command: '<%= config.bin %> <%= command.id %> --store sqlite:oauth.db',
    },
    {
      description: 'Issue JWTs, and encrypt the key that signs them where it is stored',
      command:
        '<%= config.bin %> <%= command.id %> --store sqlite:oauth.db --token-format=jwt --store-key $(cat store.key)',
    },
    {
      description: 'Take up less memory, at about 1 KiB a record',
      command: '<%= config.bin %> <%= command.id %> --max-records 100000 --max-registrations 5000',
    },
    {
      description: 'Write down who was let in and who was not, and let Prometheus scrape',
      command: '<%= config.bin %> <%= command.id %> --audit-log audit.jsonl --metrics 9464',
    },
    {
      description: 'Be reached through a tunnel or an https proxy',
      command:
        '<%= config.bin %> <%= command.id %> --public-url https://as.example.com --users users.json --allow-origin https://app.example.com',
    },
    {
      description: 'Know clients by their own addresses behind a proxy on this machine',
      command:
        '<%= config.bin %> <%= command.id %> --public-url https://as.example.com --users users.json --trust-proxy loopback',
    },
    {
      description: 'See in demo mode what clients make of the limits that are on elsewhere',
      command: '<%= config.bin %> <%= command.id %> --rate-limit',
    },
    {
      description: 'Serve https without one',
      command: '<%= config.bin %> <%= command.id %> --host 127.0.0.1 --tls-cert cert.pem --tls-key key.pem',
    },
    {
      description: 'Keep more flows, and let whoever has the token look at them, outside of demo mode too',
      command:
        '<%= config.bin %> <%= command.id %> --flow-history 5000 --flows-token 8ffa4c2d61b09e37a5d4c1b2 --public-url https://as.example.com --users users.json',
    },
    {
      description: 'Write nothing down of what clients do',
      command: '<%= config.bin %> <%= command.id %> --no-flows',
    },
    {
      description: 'When asked to stop, leave the load balancer in front ten seconds to notice',
      command: '<%= config.bin %> <%= command.id %> --drain-seconds 10',
    },
    {
      description: 'Be reached by plain http, in a closed lab',
      command:
        '<%= config.bin %> <%= command.id %> --host 0.0.0.0 --public-url http://lab.example:9000 --insecure-http --user alice:correct-horse',
    },
  ];
  static override flags = { ...authorizationServerFlags, ...flowsFlags, ...logFlags, ...observationFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(As);
    const untilInterrupted = listenForInterrupt();
    const options = authorizationServerOptions(flags);
    const watched = flowsOptions(flags);
    const observed = observationOptions(flags);
    const planned = await planPlace(flags, '');
    const { demoMode } = planned;
    checkAuthorizationServerOptions({ ...options, ...issuerAt(planned, flags.epoch), demoMode });
    const place = await planned.open();
    const at = issuerAt(place, flags.epoch);
    const ports = authorizationServerPorts(options);
    const store = await openStore({ ...storeOptions(flags), issuer: at.issuer, clock: systemClock });
    const flows = createFlowsService(watched, flowsPorts);
    const observation = await startObservation(observed, {
      server: 'as',
      log: flags,
      skipped: flows.skipped,
    });
    const { onStoreOperation } = observation;
    const onEvent = toAll(observation.sink, flows.sink);
    const app = await observation.during(() =>
      startAuthorizationServer(
        { ...options, ...at, demoMode },
        { ...ports.deps, store, onStoreOperation, onEvent },
      ),
    );
    const shown = flows.serve(app, {
      places: () => placesIn('as', app.metadata),
      demoMode,
      levers: app.levers,
    });
    place.serve(observation.watch(shown), observation.refusalsAt('as'));
    const { issuer } = at;
    const clients = { registration: options.registration, presets: options.clients.length };
    announce(
      flags,
      { issuer, ...metricsFact(observation) },
      renderBanner({
        issuer,
        demoMode,
        clients,
        users: namesOf(options.users),
        flows: flows.urlAt(issuer, demoMode),
        introspectionCredentials: !demoMode || options.rsCredentials.length > 0,
        store: store.place,
        metrics: observation.metricsUrl,
        certificate: flags['tls-cert'],
      }),
    );
    const drainSeconds = flags['drain-seconds'];
    await untilInterrupted(async () => {
      await stopServing([{ app, place }], { drainSeconds, flows, needed: [ports, store] });
      await observation.close();
    }, drainSeconds * 1000);
  }
}
