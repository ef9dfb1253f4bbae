import { Command, Errors } from '@oclif/core';
import { ConfigurationError } from '../shared/configuration-error.js';
import { StoreUnavailableError } from '../shared/store-unavailable-error.js';
import { EXIT } from './exit-codes.js';
import { flagOfOption } from './flags/flag-of-option.js';
import { printable } from '../shared/printable.js';

/** What every command has: an error is one line on stderr and a documented exit code, never a stack trace. */
export abstract class BaseCommand extends Command {
  protected override async init(): Promise<void> {
    await super.init();
    // Nobody reads the log any more, as after `2>&1 | head`: that ends no server.
    process.stderr.on('error', () => undefined);
    process.once('uncaughtException', (error) => {
      this.tell(error);
      process.exit(EXIT.failed);
    });
  }

  protected override async catch(error: Error & { exitCode?: number }): Promise<never> {
    if (error instanceof Errors.ExitError) throw error;
    this.tell(error);
    this.exit(exitCodeOf(error));
  }

  private tell(error: Error): void {
    process.stderr.write(
      `mcp-oauth-demo ${this.id?.replaceAll(':', ' ') ?? ''}: ${describeError(error, Object.keys(this.ctor.flags))}\n`,
    );
    if (process.env['MCP_OAUTH_DEMO_DEBUG']) process.stderr.write(`${error.stack}\n`);
  }
}

/** One line that says what was wrong; for a bad flag, where the help is. */
function describeError(error: Error, ownFlags: readonly string[]): string {
  if (error instanceof ConfigurationError)
    return printable(`--${flagOfOption(error.option, ownFlags)}: ${error.message}`);
  if (error instanceof Errors.CLIError) {
    const lines = error.message.split('\n').map((line) => line.trim());
    const said = lines.filter((line) => line !== '' && line !== 'See more help with --help').join(' ');
    return printable(withoutPasswords(isUsageError(error) ? `${inOneSentence(said)} (see --help)` : said));
  }
  if (error instanceof StoreUnavailableError) return printable(`--store: ${error.message}`);
  // The machine's fault, as a full disk, and not ours.
  if ('syscall' in error) return printable(error.message);
  return printable(`${error.message} (a fault of mcp-oauth-demo; MCP_OAUTH_DEMO_DEBUG=1 shows where)`);
}

/** What was typed is repeated, as an argument that does not belong there: the URL of a store may be among it. */
function withoutPasswords(said: string): string {
  return said.replaceAll(/\/\/[^\s/]*@/g, '//…@');
}

/** What the parser of the flags says over several lines reads as broken English once it is in one. */
function inOneSentence(said: string): string {
  return said
    .replace(/^The following errors? occurred: /, '')
    .replace(/^Parsing (--\S+) Expected /, '$1: expected ');
}

function exitCodeOf(error: Error): number {
  if (error instanceof ConfigurationError) return EXIT.usage;
  if (error instanceof Errors.CLIError) return error.oclif.exit ?? EXIT.usage;
  return EXIT.failed;
}

function isUsageError(error: Errors.CLIError): boolean {
  return (error.oclif.exit ?? EXIT.usage) === EXIT.usage;
}
