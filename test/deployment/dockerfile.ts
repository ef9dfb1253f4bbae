import { readDeployment } from './support.js';

/** One line of a Dockerfile, with those that continue it. */
export interface Instruction {
  /** as `RUN` */
  readonly name: string;
  readonly value: string;
}

/** What docs/deployment/Dockerfile says, in its order. */
export function instructions(): readonly Instruction[] {
  return readDeployment('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const [, name, value] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [{ name, value: value.replace(/\s+/g, ' ') }];
    });
}
