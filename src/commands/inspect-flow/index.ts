import { join } from 'node:path';
import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { credentialsIn } from '../../cli/credentials-folder.js';
import { hostDocument } from '../../cli/document-host.js';
import { EXIT } from '../../cli/exit-codes.js';
import { CLIENT_FLAGS } from '../../cli/flags/inspect-flow/client-flags.js';
import { CONTROL_FLAGS } from '../../cli/flags/inspect-flow/control-flags.js';
import { formatFlags } from '../../cli/flags/inspect-flow/format-flags.js';
import { OUTPUT_FLAGS } from '../../cli/flags/inspect-flow/output-flags.js';
import { planOptions } from '../../cli/flags/inspect-flow/plan-options.js';
import { PROTOCOL_FLAGS } from '../../cli/flags/inspect-flow/protocol-flags.js';
import { REGISTRATION_FLAGS } from '../../cli/flags/inspect-flow/registration-flags.js';
import { RUN_FLAGS } from '../../cli/flags/inspect-flow/run-flags.js';
import { SIGN_IN_FLAGS } from '../../cli/flags/inspect-flow/sign-in-flags.js';
import { secretsOf } from '../../cli/inspect-flow-secrets.js';
import { interruption } from '../../cli/interruption.js';
import { inspectorNetwork } from '../../cli/network/inspector-fetch.js';
import { stepping } from '../../cli/step/stepping.js';
import { showingProgress } from '../../cli/progress-line.js';
import { reportPlace } from '../../cli/report-place.js';
import { stdoutLayout } from '../../cli/stdout.js';
import { printable } from '../../shared/printable.js';
import { browserUserAgent } from '../../cli/user-agent/browser.js';
import {
  conclude,
  createFlowCollector,
  createTextRenderer,
  FORMAT_IDS,
  formatFor,
  headlessUserAgent,
  inspectFlow,
  type OpenUserAgent,
  parseFlowPlan,
  renderFlow,
  REQUEST_METHODS,
  shortLine,
  targetFault,
} from '../../flows/index.js';
import { createHostResolver } from '../../cli/resolve-host.js';
import { systemClock } from '../../shared/clock.js';
import { isLoopbackHost } from '../../shared/http/loopback.js';
import { systemRandom } from '../../shared/random.js';

const DEFAULT_TARGET = 'http://localhost:8001/mcp';

/** `mcp-oauth-demo inspect-flow` */
export default class InspectFlow extends BaseCommand {
  static override summary = 'Go through the authorization flow of an MCP server, and explain each step.';
  static override description =
    'An MCP client that shows its work: what it sends and receives (without secrets), what it decides, and by which' +
    ' section of the specification. It ends with the route by which it came by its client_id.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --client-id demo-preset',
    '<%= config.bin %> <%= command.id %> https://mcp.example.com/mcp --no-browser',
    '<%= config.bin %> <%= command.id %> --remember',
    '<%= config.bin %> <%= command.id %> --output trace.json',
    '<%= config.bin %> <%= command.id %> --output flow.html',
    '<%= config.bin %> <%= command.id %> --step',
    '<%= config.bin %> <%= command.id %> --refresh --revoke',
    '<%= config.bin %> <%= command.id %> --grant client_credentials --client-id nightly-job --client-key nightly-job.pem',
    '<%= config.bin %> <%= command.id %> --revision 2025-11-25',
    '<%= config.bin %> <%= command.id %> --json | jq -r .registration.route',
    '<%= config.bin %> <%= command.id %> --until registration --expect route=dcr --expect check:as.pkce-s256',
  ];
  static override args = {
    'server-url': Args.string({ description: 'URL of the MCP server', default: DEFAULT_TARGET }),
  };
  static override flags = {
    ...CLIENT_FLAGS,
    ...REGISTRATION_FLAGS,
    ...SIGN_IN_FLAGS,
    ...PROTOCOL_FLAGS,
    ...RUN_FLAGS,
    ...CONTROL_FLAGS,
    ...formatFlags(FORMAT_IDS),
    ...OUTPUT_FLAGS,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(InspectFlow);
    const target = args['server-url'];
    const fault = targetFault(target);
    if (fault !== undefined)
      this.error(`${printable(withoutCredentials(target), 200)} ${fault}`, { exit: EXIT.usage });
    this.refuseTwoWaysToSignIn(flags);
    const secrets = secretsOf(flags, process.env);
    const plan = parseFlowPlan(planOptions(target, { ...flags, 'client-secret': secrets.clientSecret }));
    const format = formatFor(flags.json ? 'json' : flags.format, flags.output);
    const place = await reportPlace(flags.output);
    const network = await inspectorNetwork({ insecure: flags.insecure, environment: process.env });
    const signal = interruption();
    const beforeRequest = flags.step ? stepping(REQUEST_METHODS, process.env, signal) : undefined;
    const events = inspectFlow(plan, {
      fetch: showingProgress(network.fetch, process.stderr),
      resolve: createHostResolver(),
      network,
      clock: systemClock,
      random: systemRandom,
      elapsed: () => performance.now(),
      signal,
      openUserAgent: userAgentFor(flags, secrets.password),
      hostDocument,
      credentials: credentialsIn(join(this.config.dataDir, 'inspect-flow'), tellUser),
      ...(beforeRequest && { beforeRequest }),
    });
    const collector = createFlowCollector();
    const text = place.isFile || format === 'text' ? textRenderer(flags) : undefined;
    for await (const event of events) {
      collector.add(event);
      text?.add(event);
    }
    const document = collector.document();
    const isShown = format === 'text' && !place.isFile;
    await place.put(
      isShown ? '' : await renderFlow(format, document, { verbose: flags.verbose, quiet: flags.quiet }),
    );
    const { aborted: interrupted } = signal;
    const line = shortLine(document, interrupted, flags['fail-on']);
    if (line !== undefined) process.stderr.write(`mcp-oauth-demo inspect-flow: ${line}\n`);
    this.exit(interrupted ? EXIT.interrupted : EXIT[conclude(document, flags['fail-on'])]);
  }

  /** Not left to the parser: it would repeat the password in its message. */
  private refuseTwoWaysToSignIn(flags: SignInFlags): void {
    if (!flags['no-browser']) return;
    const other = (['headless', 'username', 'password'] as const).find((name) => flags[name]);
    if (other === undefined) return;
    this.error(`--no-browser lets you sign in yourself, and --${other} does it for you: give one of them`, {
      exit: EXIT.usage,
    });
  }
}

/** The URL as it can be shown: a password in it belongs to nobody's log. */
function withoutCredentials(target: string): string {
  const url = URL.parse(target);
  if (!url || (url.username === '' && url.password === '')) return target;
  url.username = '';
  url.password = '';
  return url.href;
}

/** Outside of the report: nothing of it comes from the flow. */
function tellUser(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

interface SignInFlags {
  readonly headless: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly 'no-browser': boolean;
}

/**
 * By itself at a loopback authorization server or if told to, else with a browser.
 *
 * @param password of the flag or of the environment; only the flag asks for a sign-in by itself
 */
function userAgentFor(flags: SignInFlags, password: string | undefined): OpenUserAgent {
  const { username } = flags;
  return async (authorizationEndpoint) => {
    const atHome = isLoopbackHost(new URL(authorizationEndpoint).hostname);
    const headless =
      flags.headless ||
      username !== undefined ||
      flags.password !== undefined ||
      (atHome && !flags['no-browser']);
    if (!headless) {
      return browserUserAgent({
        open: !flags['no-browser'],
        say: (line) => void process.stderr.write(`${line}\n`),
      });
    }
    return headlessUserAgent({
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    });
  };
}

function textRenderer({ verbose, quiet }: { readonly verbose: boolean; readonly quiet: boolean }) {
  return createTextRenderer({
    verbose,
    quiet,
    ...stdoutLayout(),
    write: (chunk) => void process.stdout.write(chunk),
  });
}
