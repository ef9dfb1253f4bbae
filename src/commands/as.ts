import { checkAuthorizationServerOptions, createAuthorizationServer } from '../as/index.js';
import { announce } from '../cli/announce.js';
import { authorizationServerPorts } from '../cli/authorization-server-ports.js';
import { namesOf, renderBanner } from '../cli/banner.js';
import { BaseCommand } from '../cli/base-command.js';
import {
  authorizationServerFlags,
  authorizationServerOptions,
} from '../cli/flags/authorization-server-flags.js';
import { issuerAt } from '../cli/flags/epoch.js';
import { logFlags, logFromFlags } from '../cli/flags/log-flags.js';
import { listenForInterrupt } from '../cli/interrupt.js';
import { planPlace } from '../cli/place.js';

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
    '<%= config.bin %> <%= command.id %> --client demo-preset --unknown-clients=reject',
    '<%= config.bin %> <%= command.id %> --epoch second',
    '<%= config.bin %> <%= command.id %> --port 9100 --user alice:correct-horse --scopes user,profile',
    '<%= config.bin %> <%= command.id %> --public-url https://as.example.com --user alice:correct-horse',
  ];
  static override flags = { ...authorizationServerFlags, ...logFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(As);
    const untilInterrupted = listenForInterrupt();
    const options = authorizationServerOptions(flags);
    const planned = await planPlace(flags, '');
    const { demoMode } = planned;
    checkAuthorizationServerOptions({ ...options, ...issuerAt(planned, flags.epoch), demoMode });
    const place = await planned.open();
    const at = issuerAt(place, flags.epoch);
    const ports = authorizationServerPorts(options);
    const app = createAuthorizationServer(
      { ...options, ...at, demoMode },
      { ...ports.deps, onEvent: logFromFlags(flags) },
    );
    place.serve(app);
    const { issuer } = at;
    const clients = { registration: options.registration, presets: options.clients.length };
    announce(
      flags,
      { issuer },
      renderBanner({
        issuer,
        demoMode,
        clients,
        users: namesOf(options.users),
        introspectionCredentials: !demoMode || options.rsCredentials.length > 0,
        certificate: flags['tls-cert'],
      }),
    );
    await untilInterrupted(async () => {
      await app.close();
      await place.close();
      await ports.close();
    });
  }
}
