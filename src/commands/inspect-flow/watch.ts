import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { EXIT } from '../../cli/exit-codes.js';
import { PROXY_FLAGS } from '../../cli/flags/inspect-flow/proxy-flags.js';
import { WATCH_END_FLAGS, WATCH_FLAGS, watchOutputFlags } from '../../cli/flags/inspect-flow/watch-flags.js';
import { interruption } from '../../cli/interruption.js';
import { localDateTime, localTime } from '../../cli/log/local-time.js';
import { inspectorNetwork } from '../../cli/network/inspector-fetch.js';
import { followPorts } from '../../cli/follow-ports.js';
import { reportPlace } from '../../cli/report-place.js';
import { createHostResolver } from '../../cli/resolve-host.js';
import { stdoutLayout, writtenToStdout } from '../../cli/stdout.js';
import { traceFolder } from '../../cli/trace-folder.js';
import { clientRecord } from '../../flows/follow/client-record.js';
import { followServers } from '../../flows/follow/follow-servers.js';
import {
  FORMAT_IDS,
  formatFor,
  parseExpectation,
  renderFlow,
  renderJson,
  targetFault,
} from '../../flows/index.js';
import { renderClientRecord } from '../../flows/render/watch/client.js';
import { renderWatchLine, watchLineOf } from '../../flows/render/watch/lines.js';
import { serverLine } from '../../flows/render/watch/telling.js';
import { createWatchText } from '../../flows/render/watch/text.js';
import type { ProxyFeed } from '../../flows/proxy/feed.js';
import type { ProxyPorts } from '../../flows/proxy/proxy.js';
import { createWatch } from '../../flows/watch/create-watch.js';
import { documentOf } from '../../flows/watch/document.js';
import type { WatchedFlow } from '../../flows/watch/watched-flow.js';
import { concludeWatch } from '../../flows/render/watch/conclusion.js';
import { watchFlows, type WatchEvent } from '../../flows/watching.js';
import { systemClock } from '../../shared/clock.js';
import type { ClientEvidence } from '../../shared/oauth/client-evidence.js';
import { printable } from '../../shared/printable.js';
import { systemRandom } from '../../shared/random.js';
import { systemTicker } from '../../shared/ticker.js';

const DEFAULT_TARGET = 'http://localhost:8001/mcp';

/** What the servers keep of their own accord; a watch need not keep more. */
const MAX_FLOWS = 1000;

/** `mcp-oauth-demo inspect-flow watch` */
export default class WatchFlows extends BaseCommand {
  static override summary = "Watch what other people's clients do at running servers.";
  static override description =
    'Follows the MCP server at the URL and the authorization server that its metadata names, and tells a line a step: which' +
    ' client, what it did, and why it was refused. When a flow has ended it says which way the client came by its' +
    ' client_id, with the evidence, and who should change what. Ctrl-C ends it with a summary.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --client-id demo-preset',
    '<%= config.bin %> <%= command.id %> http://localhost:8002/mcp --save traces',
    '<%= config.bin %> <%= command.id %> --once --wait 60 --expect route=dcr',
    '<%= config.bin %> <%= command.id %> --once --output flow.html',
    '<%= config.bin %> <%= command.id %> --proxy https://mcp.example.com/mcp',
    '<%= config.bin %> <%= command.id %> --json | jq \'select(.type == "ended").route\'',
  ];
  static override args = {
    'server-url': Args.string({ description: 'URL of the MCP server', default: DEFAULT_TARGET }),
  };
  static override flags = {
    ...WATCH_FLAGS,
    ...PROXY_FLAGS,
    ...WATCH_END_FLAGS,
    ...watchOutputFlags(FORMAT_IDS),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(WatchFlows);
    if (flags.proxy !== undefined && args['server-url'] !== DEFAULT_TARGET) {
      this.error(
        'give the URL of the MCP server once: with --proxy, or to follow a server of mcp-oauth-demo',
        {
          exit: EXIT.usage,
        },
      );
    }
    const target = flags.proxy ?? args['server-url'];
    const fault = targetFault(target);
    if (fault !== undefined) this.error(`${printable(target, 200)} ${fault}`, { exit: EXIT.usage });
    const expectations = flags.expect ?? [];
    for (const expectation of expectations) parseExpectation(expectation);
    const format = formatFor(flags.format, flags.output);
    const place = await reportPlace(flags.output);
    const folder = flags.save === undefined ? undefined : await traceFolder(flags.save);
    const { fetch } = await inspectorNetwork({
      insecure: flags.insecure,
      openEnded: flags.proxy !== undefined,
      environment: process.env,
    });
    const interrupted = interruption();
    const look = { ...followPorts, fetch, resolve: createHostResolver() };
    const isReportOnStdout = flags.format !== undefined && !place.isFile;
    const tell = isReportOnStdout ? TELLS_NOTHING : tellerFor(flags);
    const clientId = flags['client-id'];
    const proxy = flags.proxy === undefined ? undefined : await proxyFrom(target, flags, look);
    const save = async (flow: WatchedFlow) =>
      void (await folder?.put(fileName(flow), renderJson(documentOf(flow, { notes: proxy?.notes() ?? [] }))));

    const events = watchFlows(
      proxy?.feed ??
        ((take, signal) =>
          followServers(
            target,
            {
              ...look,
              token: flags['flows-token'],
              signal,
            },
            take,
          )),
      { clientId, history: flags.history, once: flags.once, seconds: flags.wait },
      {
        watch: createWatch({ maxFlows: MAX_FLOWS }),
        every: systemTicker,
        now: () => Date.now(),
        signal: interrupted,
      },
    );

    let over: Extract<WatchEvent, { type: 'over' }> | undefined;
    for await (const event of events) {
      if (event.type === 'server' || event.type === 'alone') {
        process.stderr.write(`${printable(serverLine(event))}\n`);
      }
      tell(event);
      if (isAuthorizationServer(event) && clientId !== undefined) {
        const record = await clientRecord(event.server.url, clientId, { ...look, signal: interrupted });
        tell.client(clientId, record);
      }
      if (event.type === 'ended') await save(event.flow);
      if (event.type === 'over') over = event;
    }
    // What a flow did after it had ended belongs to it too.
    for (const flow of over?.flows ?? []) if (flow.outcome !== undefined) await save(flow);
    const { conclusion, line, document } = concludeWatch(over!, {
      once: flags.once,
      expect: expectations,
      failOn: flags['fail-on'],
      notes: proxy?.notes() ?? [],
    });
    if (document && (place.isFile || isReportOnStdout)) await place.put(await renderFlow(format, document));
    await writtenToStdout('');
    if (line !== undefined) process.stderr.write(`mcp-oauth-demo inspect-flow watch: ${line}\n`);
    this.exit(EXIT[conclusion]);
  }
}

/** What watches by a proxy is loaded for that only. */
async function proxyFrom(
  target: string,
  flags: { readonly port?: number | undefined; readonly 'as-port'?: number | undefined },
  { fetch, resolve }: Pick<ProxyPorts, 'fetch' | 'resolve'>,
): Promise<ProxyFeed> {
  const { openProxyPlaces } = await import('../../cli/proxy-places.js');
  const { proxyFeed } = await import('../../flows/proxy/feed.js');
  const ports: Omit<ProxyPorts, 'onExchange' | 'onNote' | 'openOrigin'> = {
    fetch,
    resolve,
    clock: systemClock,
    milliseconds: () => performance.now(),
    random: systemRandom,
    ticker: systemTicker,
  };
  return proxyFeed(target, await openProxyPlaces(flags), ports, (sentence) => {
    process.stderr.write(`${printable(sentence)}\n`);
  });
}

function isAuthorizationServer(event: WatchEvent): event is Extract<WatchEvent, { type: 'server' }> {
  return event.type === 'server' && event.state === 'connected' && event.server.server === 'as';
}

/** What goes to stdout. */
interface Teller {
  (event: WatchEvent): void;
  client(clientId: string, record: ClientEvidence | undefined): void;
}

const TELLS_NOTHING: Teller = Object.assign(() => undefined, { client: () => undefined });

function tellerFor({ json, quiet, verbose, 'client-id': clientId }: TellerFlags): Teller {
  const put = (text: string) => void process.stdout.write(text);
  if (json) {
    return Object.assign((event: WatchEvent) => put(renderWatchLine(watchLineOf(event))), {
      client: (id: string, record: ClientEvidence | undefined) =>
        put(renderWatchLine({ type: 'client', client_id: id, evidence: record ?? null })),
    });
  }
  const layout = stdoutLayout();
  const text = createWatchText({ ...layout, quiet, verbose, clientId, timeOf: (at) => localTime(at / 1000) });
  return Object.assign((event: WatchEvent) => put(text.add(event)), {
    client: (id: string, record: ClientEvidence | undefined) =>
      put(renderClientRecord(id, record, { width: layout.width, dateOf: localDateTime })),
  });
}

interface TellerFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly 'client-id'?: string | undefined;
}

function fileName({ id, client, clientId }: WatchedFlow): string {
  return `${id}-${client?.name ?? clientId ?? 'unnamed'}`;
}
