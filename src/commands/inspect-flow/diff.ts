import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { EXIT } from '../../cli/exit-codes.js';
import { inputName, readInput } from '../../cli/read-input.js';
import { stdoutLayout, writtenToStdout } from '../../cli/stdout.js';
import {
  diffFlows,
  type FlowDocument,
  readSavedFlow,
  renderDiff,
  renderDiffJson,
} from '../../flows/index.js';

/** `mcp-oauth-demo inspect-flow diff` */
export default class DiffFlows extends BaseCommand {
  static override summary = 'Say where two saved flows part.';
  static override description =
    'Compares two traces that inspect-flow has written: the first thing that one does otherwise than the other, and then' +
    ' what differs in registration, exchanges, decisions, checks, identifiers, metadata, scopes and tools. Times,' +
    ' fingerprints, issued ids and the like are not compared. It ends with 0 if the flows are the same, and with 3 if not.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> with-client-id.json without.json',
    '<%= config.bin %> <%= command.id %> yesterday.json today.json --json',
  ];
  static override args = {
    a: Args.string({ description: 'the first trace, a JSON file; - is stdin', required: true }),
    b: Args.string({ description: 'the second trace; only one of them can be stdin', required: true }),
  };
  static override flags = {
    json: Flags.boolean({ description: 'print one JSON document', helpGroup: 'OUTPUT' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DiffFlows);
    if (args.a === '-' && args.b === '-') {
      this.error('only one of the two traces can be stdin', { exit: EXIT.usage });
    }
    const diff = diffFlows(await this.read(args.a), await this.read(args.b));
    const names = [inputName(args.a), inputName(args.b)] as const;
    await writtenToStdout(flags.json ? renderDiffJson(diff) : renderDiff(diff, { ...stdoutLayout(), names }));
    this.exit(diff.same ? EXIT.done : EXIT.notMet);
  }

  private async read(path: string): Promise<FlowDocument> {
    const saved = readSavedFlow(await readInput(path));
    if (!saved.ok) this.error(`${inputName(path)} ${saved.fault}`, { exit: EXIT.usage });
    return saved.document;
  }
}
