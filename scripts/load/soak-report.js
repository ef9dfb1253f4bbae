// What a soak run comes to: the verdict, and the page that is kept of it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** The median of the last third of the run may be so much more than that of the middle third. */
const MOST_GROWTH = 1.1;

export function judge({ errors, flows, memory }) {
  const growth = Object.fromEntries(
    Object.entries(memory).map(([name, samples]) => [name, growthOf(samples)]),
  );
  const faults = [
    ...(errors.length > 0 ? [`${errors.length} errors, the first: ${errors[0]}`] : []),
    ...(flows === 0 ? ['no flow got through'] : []),
    ...Object.entries(growth)
      .filter(([, { ratio }]) => !(ratio <= MOST_GROWTH))
      .map(
        ([name, { ratio }]) =>
          `the memory of ${name} still grew after the warm-up, by a factor of ${ratio.toFixed(2)}`,
      ),
  ];
  return { growth, faults };
}

/** The first third is the warm-up; the others are compared. */
function growthOf(samples) {
  const third = Math.floor(samples.length / 3);
  const [warm, middle, last] = [0, 1, 2].map((index) =>
    medianOf(
      samples
        .slice(index * third, index === 2 ? undefined : (index + 1) * third)
        .map(({ megabytes }) => megabytes),
    ),
  );
  const most = Math.max(...samples.map(({ megabytes }) => megabytes));
  return { warm, middle, last, most, ratio: last / middle, slope: slopeOf(samples.slice(third)) };
}

/** In MB a minute, by least squares. */
function slopeOf(samples) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = mean(samples.map((sample) => sample.at));
  const megabytes = mean(samples.map((sample) => sample.megabytes));
  const above = samples.map((sample) => (sample.at - at) * (sample.megabytes - megabytes));
  const below = samples.map((sample) => (sample.at - at) ** 2);
  return (mean(above) / mean(below)) * 60;
}

/** Writes the page, and leaves the sections of the stores alone that were not run this time. */
export function writeReport(file, runs) {
  const known = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split(/^(?=## )/m)
        .slice(1)
    : [];
  const made = new Map(runs.map((run) => [run.store, sectionOf(run)]));
  const before = new Map(known.map((section) => [/^## On (\w+)/.exec(section)?.[1], section.trimEnd()]));
  const stores = ['memory', 'sqlite', 'redis'].filter((store) => made.has(store) || before.has(store));
  const sections = stores.map((store) => made.get(store) ?? before.get(store));
  writeFileSync(file, `${[INTRODUCTION, ...sections].join('\n\n')}\n`);
}

const INTRODUCTION = `# Soak runs

What \`npm run soak\` measured; it writes this page. Each client registers once and then goes through whole flows, one after
the other with five seconds between them: authorization request, sign-in (the first time), consent, code, tool call, two
refreshes with a tool call after each, revocation. \`as\` and \`rs\` are processes of their own, on one machine with the clients
and the store, and speak with each other by introspection. Tokens live for seconds (codes and access tokens for 20, refresh
tokens for 30), so that within the warm-up as many records end as begin: a grant is kept for as long as its refresh token,
and what is kept for good, as registrations are, is memory that is meant to grow. Nothing is recorded for \`/flows\`.

A run has passed if **no request failed**, and if the memory of both processes (resident set, as the kernel counts it) is
flat after the warm-up: the median of the last third of the time is at most ${MOST_GROWTH} times that of the middle third.
Otherwise the exit code is 1. The latencies are what a client waits, with all others at work on the same processor cores.`;

function sectionOf({ store, clients, minutes, seconds, flows, errors, latencies, memory, verdict }) {
  const requests = [...latencies.values()].reduce((sum, all) => sum + all.length, 0);
  const rate = (count) => (count / seconds).toFixed(1);
  const lines = [
    `## On ${store}`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${versions()}. ${clients} clients for ${minutes} minutes: **${flows} flows, ` +
      `${requests} requests, ${errors.length} errors** (${rate(flows)} flows and ${rate(requests)} requests a second). ` +
      (verdict.faults.length === 0
        ? 'Passed.'
        : `**Failed**: ${verdict.faults.join('; ').replaceAll('|', '/')}.`),
    '',
    ...table(
      ['step', 'requests', 'p50 (ms)', 'p99 (ms)', 'longest (ms)'],
      [...latencies].map(([step, all]) => {
        const sorted = Float64Array.from(all).sort();
        const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(1);
        return [step, String(sorted.length), at(0.5), at(0.99), at(1)];
      }),
    ),
    '',
    ...table(
      [
        'memory (MB)',
        'warm-up',
        'middle third',
        'last third',
        'most',
        'last / middle',
        'MB a minute after warm-up',
      ],
      Object.keys(memory).map((name) => {
        const { warm, middle, last, most, ratio, slope } = verdict.growth[name];
        return [
          name,
          ...[warm, middle, last, most].map((value) => value.toFixed(0)),
          ratio.toFixed(2),
          slope.toFixed(1),
        ];
      }),
    ),
  ];
  return lines.join('\n');
}

function versions() {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.versions.node}, ${cpus().length} cores (${cpu.model.trim()}), ${gigabytes} GB`;
}

/** As prettier would align it: the first column to the left, and the others too. */
function table(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
