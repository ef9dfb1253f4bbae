// Asks the registry which packages that ship (those of the lockfile, without what is for development) have a known
// vulnerability. Ends with 1 if one has, whatever its severity, and if npm says something that cannot be read. Where the
// registry has no audit, or cannot be reached, that is said, and ends with 0: nothing is known then. `npm run audit`
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = 'npm audit --omit=dev --audit-level=low --json';
const { stdout, error } = spawnSync(`${command} --fetch-retries=1 --fetch-timeout=30000`, {
  cwd: root,
  encoding: 'utf8',
  shell: true,
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'ignore'],
});

const { line, code } = judge(error ? undefined : parse(stdout));
console.log(`${command}: ${line}`);
process.exitCode = code;

/** What npm's answer comes to, and the exit code. */
function judge(answer) {
  const { vulnerabilities, dependencies } = answer?.metadata ?? {};
  if (Number.isInteger(vulnerabilities?.total)) {
    if (vulnerabilities.total > 0) return { line: findings(answer.vulnerabilities), code: 1 };
    return { line: `no known vulnerability in ${dependencies?.prod ?? 'the'} packages that ship`, code: 0 };
  }
  if (wasNotAnswered(answer)) {
    return { line: `SKIPPED, nothing is known: the registry gave no audit (${answer.message})`, code: 0 };
  }
  return { line: `failed, with an answer that says nothing: ${stdout.slice(0, 2000)}`, code: 1 };
}

/** A request that failed on its way, or that the registry answered with an error: not a mistake of ours, as a missing lockfile. */
function wasNotAnswered(answer) {
  if (typeof answer?.message !== 'string') return false;
  return (
    Number.isInteger(answer.statusCode) ||
    /^(?:request to|network|socket|invalid (?:response|json))/i.test(answer.message)
  );
}

function findings(vulnerabilities) {
  const lines = Object.values(vulnerabilities).flatMap(({ name, severity, via }) =>
    via
      .filter((cause) => typeof cause === 'object')
      .map(({ title, url, range }) => `  ${severity}: ${name} ${range}: ${title}, ${url}`),
  );
  return ['vulnerabilities are known', ...lines].join('\n');
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
