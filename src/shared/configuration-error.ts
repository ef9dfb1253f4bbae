/** A configuration that cannot be served: one line that says which option, what was wrong and what is allowed. */
export class ConfigurationError extends Error {
  /** The member of the options object; the command line spells it `--kebab-case`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(message);
    this.name = 'ConfigurationError';
    this.option = option;
  }
}
