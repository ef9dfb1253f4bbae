import { createRequire } from 'node:module';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../../src/flows/index.js';
import { renderHar } from '../../../src/flows/render/har.js';
import { ACCESS_TOKEN, CODE } from '../support.js';
import { failedFlow, goodFlow } from './flows.js';
import { documentWith, HOSTILE_TEXTS, inTurn } from './hostile-document.js';

/** Holds an archive against the published schema of HAR 1.2. */
const validate = (() => {
  const ajv = new Ajv({ strict: false, validateSchema: false });
  addFormats.default(ajv);
  const schemas = createRequire(import.meta.url)('har-schema') as Readonly<Record<string, AnySchemaObject>>;
  for (const { $schema: _draft, ...schema } of Object.values(schemas)) ajv.addSchema(schema);
  const compiled = ajv.getSchema('har.json#');
  if (!compiled) throw new Error('no schema');
  return (har: unknown) => {
    void compiled(har);
    return compiled.errors ?? [];
  };
})();

interface Har {
  readonly log: {
    readonly creator: { readonly name: string };
    readonly pages: readonly {
      readonly id: string;
      readonly title: string;
      readonly startedDateTime: string;
      readonly comment?: string;
    }[];
    readonly entries: readonly {
      readonly pageref?: string;
      readonly startedDateTime: string;
      readonly time: number;
      readonly request: { readonly method: string; readonly url: string; readonly postData?: PostData };
      readonly response: { readonly status: number; readonly _error?: string; readonly redirectURL: string };
      readonly timings: Readonly<Record<string, number>>;
      readonly comment: string;
    }[];
  };
}

interface PostData {
  readonly text: string;
  readonly params?: readonly { readonly name: string; readonly value: string }[];
}

function read(document: FlowDocument): Har {
  const har = JSON.parse(renderHar(document)) as Har;
  expect(validate(har)).toEqual([]);
  return har;
}

let document: FlowDocument;
beforeAll(async () => {
  document = await goodFlow();
});

describe('HAR', () => {
  it('has an entry for each exchange, with the step and place in its comment, on the page of its step', () => {
    const { log } = read(document);
    expect(
      log.entries.map(({ request, response }) => [request.method, request.url, response.status]),
    ).toEqual(
      document.exchanges.map(({ request, response }) => [request.method, request.url, response!.status]),
    );
    expect(log.entries[0]!.comment).toMatch(/^\d+: challenge, client to rs$/);
    const pages = new Map(log.pages.map(({ id, title }) => [id, title]));
    const registration = log.entries.find(({ request }) => request.url.endsWith('/register'))!;
    expect(pages.get(registration.pageref!)).toBe('4 Registration');
  });

  it('is refused by the schema if a member is missing that importers need', () => {
    const { log } = read(document);
    const { timings: _gone, ...entry } = log.entries[0]!;
    expect(validate({ log: { ...log, entries: [entry] } })).not.toEqual([]);
  });

  it('puts entries in order, none before the one before it has ended, with times that add up', () => {
    const { log } = read({
      ...document,
      exchanges: document.exchanges
        .filter(({ step }) => step !== 'cross-origin')
        .map((exchange) => ({ ...exchange, milliseconds: 70 })),
    });
    const starts = log.entries.map(({ startedDateTime }) => Date.parse(startedDateTime));
    for (const [index, start] of starts.entries()) {
      if (index > 0) expect(start - starts[index - 1]!).toBeGreaterThanOrEqual(70);
    }
    for (const { time, timings } of log.entries) {
      const sum = Object.values(timings).filter((part) => part > 0);
      expect(sum.reduce((one, other) => one + other, 0)).toBe(time);
    }
  });

  it('has a form as its fields and as text, without its secrets', () => {
    const { postData } = read(document).log.entries.find(({ request }) =>
      request.url.endsWith('/token'),
    )!.request;
    const form = new URLSearchParams(postData!.text);
    expect(form.get('grant_type')).toBe('authorization_code');
    expect(postData!.params).toContainEqual({ name: 'grant_type', value: 'authorization_code' });
    expect(form.get('code')).toMatch(/^sha256:/);
    const text = renderHar(document);
    for (const secret of [ACCESS_TOKEN, CODE]) expect(text).not.toContain(secret);
  });

  it('tells what went by way of the browser in the comment of the page, and makes no entry up', () => {
    const { log } = read(document);
    expect(log.pages.find(({ title }) => title === '5 Authorization')!.comment).toMatch(
      /^authorization-request: https:\/\/as\.example\/authorize\?/,
    );
    expect(log.entries).toHaveLength(document.exchanges.length);
  });

  it('has status 0 and the reason where no answer came', () => {
    const [first] = document.exchanges;
    const { log } = read({
      ...document,
      exchanges: [{ ...first!, response: null, error: 'no answer: nothing listens there' }],
    });
    expect(log.entries[0]!.response).toMatchObject({ status: 0, _error: 'no answer: nothing listens there' });
  });

  it('keeps to the schema for a flow that failed, and for one that says anything at all', async () => {
    read(await failedFlow());
    read(documentWith(document, inTurn(HOSTILE_TEXTS)));
    for (const text of HOSTILE_TEXTS) read(documentWith(document, () => text));
  });

  it('has nothing in it that steers a terminal', () => {
    const text = renderHar(documentWith(document, () => 'a\u001b[31m\u009b31m\u202Eb'));
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\u202E]/u);
  });
});
