import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { EXIT } from '../../cli/exit-codes.js';
import { formatFlags } from '../../cli/flags/inspect-flow/format-flags.js';
import { OUTPUT_FLAGS } from '../../cli/flags/inspect-flow/output-flags.js';
import { inputName, readInput } from '../../cli/read-input.js';
import { reportPlace } from '../../cli/report-place.js';
import { stdoutLayout } from '../../cli/stdout.js';
import { FORMAT_IDS, formatFor, readSavedFlow, renderFlow } from '../../flows/index.js';

/** `mcp-oauth-demo inspect-flow show` */
export default class ShowFlow extends BaseCommand {
  static override summary = 'Show a saved flow, in any format.';
  static override description =
    'Renders the trace that inspect-flow has written with --json or --output, without sending anything. It ends with 0' +
    ' if the trace was shown, however its flow ended.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> trace.json',
    '<%= config.bin %> <%= command.id %> trace.json --output trace.har',
    'curl https://ci.example.com/trace.json | <%= config.bin %> <%= command.id %> - --format sarif',
  ];
  static override args = {
    trace: Args.string({ description: 'the saved trace, a JSON file; - is stdin', required: true }),
  };
  static override flags = { ...formatFlags(FORMAT_IDS), ...OUTPUT_FLAGS };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ShowFlow);
    const format = formatFor(flags.json ? 'json' : flags.format, flags.output);
    const saved = readSavedFlow(await readInput(args.trace));
    if (!saved.ok) this.error(`${inputName(args.trace)} ${saved.fault}`, { exit: EXIT.usage });
    const place = await reportPlace(flags.output);
    const layout = place.isFile ? {} : stdoutLayout();
    await place.put(await renderFlow(format, saved.document, { ...layout, verbose: flags.verbose }));
  }
}
