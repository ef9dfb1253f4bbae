import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets the user change a text with an editor. It is in a file that nobody else can read, which is deleted at once
 * afterwards: there are secrets in it.
 *
 * @param editor a command, which may have arguments, as `$VISUAL` and `$EDITOR` hold it
 * @returns the text as it was saved, or undefined if the editor did not start or ended with an error
 */
export async function edited(text: string, editor: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'inspect-flow-'));
  try {
    const file = join(folder, 'request.http');
    await writeFile(file, text, { mode: 0o600 });
    return (await succeeded(editor, file)) ? await readFile(file, 'utf8') : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The editor draws on stderr: stdout may be a file. */
function succeeded(editor: string, file: string): Promise<boolean> {
  const stdio = ['inherit', process.stderr, 'inherit'] as const;
  // A command line, as git takes it too; the name of the file is ours, and still not part of what the shell reads.
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${file}"`, { stdio: [...stdio], shell: true })
      : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: [...stdio] });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
