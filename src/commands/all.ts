import { checkAuthorizationServerOptions, openStore, startAuthorizationServer } from '../as/index.js';
import { announce } from '../cli/announce.js';
import { authorizationServerPorts } from '../cli/authorization-server-ports.js';
import { renderBanner } from '../cli/banner.js';
import { BaseCommand } from '../cli/base-command.js';
import { pairOptions } from '../cli/flags/pair-options.js';
import { flagsOfBoth, flagsOfSide, namingFlagsOf } from '../cli/flags/both.js';
import { flowsFlags, flowsOptions } from '../cli/flags/flows-flags.js';
import { logFlags } from '../cli/flags/log-flags.js';
import { observationFlags, observationOptions } from '../cli/flags/observation-flags.js';
import { storeOptions } from '../cli/flags/store-flags.js';
import { flowsPorts } from '../cli/flows-ports.js';
import { resourceServerPorts } from '../cli/resource-server-ports.js';
import { listenForInterrupt } from '../cli/interrupt.js';
import { metricsFact, startObservation } from '../cli/observation/observation.js';
import { planPlace } from '../cli/place.js';
import { stopServing } from '../cli/stop-serving.js';
import { placesIn } from '../flows/record/places.js';
import { createFlowsService } from '../flows/service.js';
import { checkResourceServerOptions, createResourceServer } from '../rs/index.js';
import { systemClock } from '../shared/clock.js';
import { toAll } from '../shared/events/to-all.js';

/** `mcp-oauth-demo all` */
export default class All extends BaseCommand {
  static override summary = 'Run both: the authorization server and the MCP server it protects.';
  static override description =
    'The quickest way to try a client. Takes every flag of "as" and "rs"; names that both have are prefixed with' +
    ' --as- and --rs-. The help of those two has more examples.';
  // The flags are listed right below; all of them in one line say nothing.
  static override usage = '<%= command.id %> [FLAGS]';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --client demo-preset',
    '<%= config.bin %> <%= command.id %> --epoch second',
    '<%= config.bin %> <%= command.id %> --scoped-tools',
    '<%= config.bin %> <%= command.id %> --verify=jwt --access-token-seconds 300',
    '<%= config.bin %> <%= command.id %> --as-port 9100 --rs-port 8101 --no-oauth-strict',
    '<%= config.bin %> <%= command.id %> --audit-log audit.jsonl --metrics 9464',
    '<%= config.bin %> <%= command.id %> --tls-cert cert.pem --tls-key key.pem',
  ];
  static override flags = { ...flagsOfBoth, ...flowsFlags, ...logFlags, ...observationFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(All);
    const untilInterrupted = listenForInterrupt();
    const watched = flowsOptions(flags);
    const observed = observationOptions(flags);
    const asFlags = flagsOfSide('as', flags);
    const rsFlags = flagsOfSide('rs', flags);
    const planned = { asPlace: await planPlace(asFlags, 'as-'), rsPlace: await planPlace(rsFlags, 'rs-') };
    const checked = pairOptions(asFlags, rsFlags, planned);
    // The RS comes first: what it requires goes to the AS too, and is to be blamed on the flag that said it.
    namingFlagsOf('rs', () => checkResourceServerOptions(checked.rs));
    namingFlagsOf('as', () => checkAuthorizationServerOptions(checked.as));
    const asPlace = await planned.asPlace.open();
    const rsPlace = await planned.rsPlace.open();
    const options = pairOptions(asFlags, rsFlags, { asPlace, rsPlace });
    const asPorts = authorizationServerPorts(options.as);
    const rsPorts = await resourceServerPorts(planned.rsPlace.tls);
    const store = await openStore({ ...storeOptions(flags), issuer: options.as.issuer, clock: systemClock });
    const flows = createFlowsService(watched, flowsPorts);
    const observation = await startObservation(observed, {
      server: 'as',
      log: flags,
      skipped: flows.skipped,
    });
    const { onStoreOperation } = observation;
    const onEvent = toAll(observation.sink, flows.sink);
    const rs = createResourceServer(options.rs, { ...rsPorts.deps, ...observation.passOn(rsPorts), onEvent });
    const as = await observation.during(() =>
      startAuthorizationServer(options.as, { ...asPorts.deps, store, onStoreOperation, onEvent }),
    );
    const { resource } = options.rs;
    const asShown = flows.serve(as, {
      demoMode: asPlace.demoMode,
      places: () => placesIn('as', as.metadata),
      levers: as.levers,
    });
    const rsShown = flows.serve(rs, {
      demoMode: rsPlace.demoMode,
      places: () => ({ server: 'rs', resource }),
      levers: as.levers,
    });
    asPlace.serve(observation.watch(asShown), observation.refusalsAt('as'));
    rsPlace.serve(observation.watch(rsShown), observation.refusalsAt('rs'));
    announce(
      flags,
      { resource, issuer: options.as.issuer, ...metricsFact(observation) },
      renderBanner({
        ...options.banner,
        flows: flows.urlAt(options.as.issuer, asPlace.demoMode),
        store: store.place,
        metrics: observation.metricsUrl,
        certificate: flags['tls-cert'],
      }),
    );
    void rs.ready();
    const drainSeconds = flags['drain-seconds'];
    // The MCP server asks the authorization server about tokens as long as it answers.
    const servers = [
      { app: rs, place: rsPlace },
      { app: as, place: asPlace },
    ];
    await untilInterrupted(async () => {
      await stopServing(servers, { drainSeconds, flows, needed: [asPorts, rsPorts, store] });
      await observation.close();
    }, drainSeconds * 1000);
  }
}
