/** One metric of a scrape: what it says of itself, and its samples. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

/** One line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The library writes `Nan`; Prometheus reads it in any case. */
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (N[aA][nN]|[+-]?Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/gy;

/**
 * Reads the text form of Prometheus, as strictly as a scraper may.
 *
 * @throws Error that quotes the line
 */
export function readExposition(text: string): readonly Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families: { name: string; help: string; type: string; samples: Sample[] }[] = [];
  for (const line of text.split('\n')) {
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.some((family) => family.name === name)) throw new Error(`twice: ${line}`);
      families.push({ name: name!, help: rest!, type: '', samples: [] });
    } else if (keyword === 'TYPE') {
      const family = families.at(-1);
      if (family?.name !== name || family!.samples.length > 0) throw new Error(`out of place: ${line}`);
      if (!/^(counter|gauge|histogram|summary|untyped)$/.test(rest!)) throw new Error(`no type: ${line}`);
      family!.type = rest!;
    } else if (line !== '') families.at(-1)!.samples.push(readSample(line, families.at(-1)!));
  }
  return families;
}

function readSample(line: string, { name: family, type }: Pick<Family, 'name' | 'type'>): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const suffix = name.slice(family.length);
  const suffixes =
    type === 'histogram' ? ['_bucket', '_sum', '_count'] : type === 'summary' ? ['', '_sum', '_count'] : [''];
  if (!name.startsWith(family) || !suffixes.includes(suffix)) throw new Error(`not of ${family}: ${line}`);
  const read = [...labels.matchAll(LABEL)];
  if (read.map(([all]) => all).join('') !== labels) throw new Error(`no labels: ${line}`);
  return {
    name,
    labels: Object.fromEntries(read.map(([, key, text]) => [key!, text!])),
    value: Number(value?.replace('Inf', 'Infinity')),
  };
}

/** What Prometheus's own linter would object to, as far as it goes for what we name. */
export function lint(family: Family): readonly string[] {
  const { name, help, type, samples } = family;
  return [
    ...(help === '' ? [`${name} has no help`] : []),
    ...(type === 'counter' && !name.endsWith('_total')
      ? [`the counter ${name} does not end with _total`]
      : []),
    ...(type !== 'counter' && name.endsWith('_total') ? [`${name} ends with _total and is no counter`] : []),
    ...(/_(milliseconds|ms|minutes|kilobytes)(_|$)/.test(name) ? [`${name} is not in base units`] : []),
    ...(/[A-Z]/.test(name) ? [`${name} has capitals`] : []),
    ...(new Set(samples.map((one) => JSON.stringify([one.name, one.labels]))).size < samples.length
      ? [`${name} has a series twice`]
      : []),
    ...(type === 'histogram' ? lintHistogram(family) : []),
  ];
}

function lintHistogram({ name, samples }: Family): readonly string[] {
  const series = new Map<string, { buckets: number[]; last?: string; count?: number }>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    const one = series.get(key) ?? { buckets: [] };
    series.set(key, one);
    if (sample.name.endsWith('_bucket')) {
      one.buckets.push(sample.value);
      if (le !== undefined) one.last = le;
    }
    if (sample.name.endsWith('_count')) one.count = sample.value;
  }
  return [...series.values()].flatMap(({ buckets, last, count }) => [
    ...(buckets.some((value, at) => at > 0 && value < buckets[at - 1]!) ? [`${name}: a bucket sinks`] : []),
    ...(last !== '+Inf' || buckets.at(-1) !== count ? [`${name}: the last bucket is not all`] : []),
  ]);
}
