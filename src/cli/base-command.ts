import { Command, Errors } from '@oclif/core';
import { ConfigurationError } from '../shared/configuration-error.js';
import { EXIT } from './exit-codes.js';
import { printable } from '../shared/printable.js';

/** What every command has: an error is one line on stderr and a documented exit code, never a stack trace. */
export abstract class BaseCommand extends Command {
  protected override async catch(error: Error & { exitCode?: number }): Promise<never> {
    if (error instanceof Errors.ExitError) throw error;
    process.stderr.write(`mcp-oauth-demo ${this.id ?? ''}: ${describeError(error)}\n`);
    if (process.env['MCP_OAUTH_DEMO_DEBUG']) process.stderr.write(`${error.stack}\n`);
    this.exit(exitCodeOf(error));
  }
}

/** One line that says what was wrong; for a bad flag, where the help is. */
function describeError(error: Error): string {
  if (error instanceof ConfigurationError) return printable(`--${flagOf(error.option)}: ${error.message}`);
  if (error instanceof Errors.CLIError) {
    const lines = error.message.split('\n').map((line) => line.trim());
    const said = lines.filter((line) => line !== '' && line !== 'See more help with --help').join(' ');
    return printable(isUsageError(error) ? `${said} (see --help)` : said);
  }
  return printable(`${error.message} (a fault of mcp-oauth-demo; MCP_OAUTH_DEMO_DEBUG=1 shows where)`);
}

function exitCodeOf(error: Error): number {
  if (error instanceof ConfigurationError) return EXIT.usage;
  if (error instanceof Errors.CLIError) return error.oclif.exit ?? EXIT.usage;
  return EXIT.failed;
}

function isUsageError(error: Errors.CLIError): boolean {
  return (error.oclif.exit ?? EXIT.usage) === EXIT.usage;
}

/** Options whose flag has another name, mostly because the flag is given once for each value. */
const FLAG_OF_OPTION: Readonly<Record<string, string>> = {
  allowOrigins: 'allow-origin',
  resources: 'resource',
  requiredScopes: 'required-scope',
  issuer: 'public-url',
};

/** `unknownClients` as the command line spells it: `unknown-clients`. */
function flagOf(option: string): string {
  return FLAG_OF_OPTION[option] ?? option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
