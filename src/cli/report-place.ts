import { printable } from '../shared/printable.js';
import { prepareOutputFile } from './output-file.js';
import { writtenToStdout } from './stdout.js';

/** Where a report goes. */
export interface ReportPlace {
  /** false if it goes to stdout */
  readonly isFile: boolean;
  /** Puts the whole report there, and resolves when it is there. */
  put(report: string): Promise<void>;
}

/**
 * Where `--output` says that the report goes: a file, or stdout if it was left out or is `-`. To be asked before the
 * work begins.
 *
 * @throws ConfigurationError if the file can't be written
 */
export async function reportPlace(path: string | undefined): Promise<ReportPlace> {
  if (path === undefined || path === '-') return { isFile: false, put: writtenToStdout };
  const file = await prepareOutputFile('output', path);
  return {
    isFile: true,
    async put(report) {
      await writtenToStdout('');
      const { replaced } = await file.write(report);
      const added = replaced ? ', in place of an earlier file' : '';
      process.stderr.write(`The report is in ${printable(path)}${added}.\n`);
    },
  };
}
