import { beforeAll, describe, expect, it } from 'vitest';
import { diagramOf } from '../../../../src/flows/diagram/diagram.js';
import type { RecordedExchange } from '../../../../src/flows/record/recorded-exchange.js';
import { FLOW_STEPS, flowDocument, type FlowDocument } from '../../../../src/flows/trace/trace.js';
import { createWatch } from '../../../../src/flows/watch/create-watch.js';
import { documentOf } from '../../../../src/flows/watch/document.js';
import { recordedRun, watchedFlow } from './watched.js';

let registering: readonly RecordedExchange[];
let preset: readonly RecordedExchange[];
beforeAll(async () => {
  registering = await recordedRun();
  preset = await recordedRun({ clientId: 'demo-preset' });
});

const outcomes = ({ steps }: FlowDocument) => steps.map(({ id, outcome }) => `${id} ${outcome}`);
const decided = ({ decisions }: FlowDocument) => decisions.map(({ what, because }) => `${what}: ${because}`);

describe('the document of a watched flow', () => {
  it('has each step that every flow has, and is a document by its schema', () => {
    const document = documentOf(watchedFlow(registering));
    expect(flowDocument.parse(document)).toEqual(document);
    expect(outcomes(document)).toEqual(FLOW_STEPS.map((id) => `${id} done`));
  });

  it('gives everything a place of its own within its step', () => {
    const { steps, exchanges, front_channel, decisions, identifiers } = documentOf(watchedFlow(registering));
    const places = [...exchanges, ...front_channel, ...decisions, ...identifiers];
    for (const { sequence, step } of places) {
      const within = steps.filter((one) => one.sequence < sequence && sequence < one.until);
      expect(within.map(({ id }) => id)).toEqual([step]);
    }
    const taken = [
      ...places.map(({ sequence }) => sequence),
      ...exchanges.flatMap(({ until }) => until ?? []),
      ...steps.flatMap(({ sequence, until }) => [sequence, until]),
    ];
    expect(new Set(taken).size).toBe(taken.length);
  });

  it('lets the MCP server ask about the token before it answers', () => {
    const document = documentOf(watchedFlow(registering));
    const messages = diagramOf(document).rows.filter((row) => row.kind === 'message');
    const place = messages.findIndex(({ label }) => label === 'POST /introspect');
    expect(messages.slice(place - 1, place + 3).map(({ from, to, part }) => `${part} ${from} ${to}`)).toEqual(
      ['request client rs', 'request rs as', 'response as rs', 'response rs client'],
    );
    expect(messages[place + 1]!.label).toBe('200 token active');
  });

  it('says of a client that did not register that it brought its client_id along', () => {
    const document = documentOf(
      watchedFlow(preset, { route: { route: 'preset', because: ['it is configured'] } }),
    );
    expect(document.steps.find(({ id }) => id === 'registration')).toMatchObject({
      outcome: 'skipped',
      reason: 'the client brought its client_id along',
    });
    expect(document.registration).toMatchObject({
      route: 'preset',
      client_id: 'demo-preset',
      register_called: false,
      because: ['POST /register was not called in this flow', 'it is configured'],
    });
    expect(decided(document)).toContain(
      'Uses the client_id demo-preset and skips registration: the authorization request names it, and no POST /register came before',
    );
  });

  it('says of a client that registered that it uses what it was given', () => {
    const document = documentOf(watchedFlow(registering));
    expect(document.registration.register_called).toBe(true);
    const { client_id: clientId } = document.registration;
    expect(decided(document).join('\n')).toContain(
      `Uses the client_id ${clientId} that POST /register gave it`,
    );
  });

  it('tells what was decided of scope, resource and PKCE by what was sent', () => {
    expect(decided(documentOf(watchedFlow(registering)))).toEqual(
      expect.arrayContaining([
        'Asks for the scope "user": the challenge names it',
        'Names the resource http://localhost:8001/mcp: the authorization request has it',
        'Goes on with PKCE, method S256: code_challenge_method says so',
        'Goes to the authorization server at http://localhost:9000: it is the only one named',
      ]),
    );
  });

  it('has what went by way of the browser, and the callback that no server sees', () => {
    const { front_channel: messages, steps } = documentOf(watchedFlow(registering));
    expect(messages.map(({ kind, step }) => `${step} ${kind}`)).toEqual([
      'authorization authorization-request',
      'callback authorization-response',
    ]);
    expect(messages[1]!.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\?code=sha256:/);
    expect(steps.find(({ id }) => id === 'callback')!.reason).toBe(
      'the token request shows that the code came',
    );
  });

  it('names the identifiers where they were seen', () => {
    const { identifiers } = documentOf(watchedFlow(registering));
    const seen = new Set(identifiers.map(({ kind, value, where }) => `${kind} ${value}, ${where}`));
    expect(seen).toContain('audience http://localhost:8001/mcp, aud of the access token');
    expect(seen).toContain('issuer http://localhost:9000, iss of the authorization response');
    expect(seen).toContain('resource http://localhost:8001/mcp, resource of the token request');
  });

  it('is under way as long as the flow is, at the step that waits', () => {
    const login = registering.findIndex(({ meaning }) => meaning === 'authorization-request');
    const document = documentOf(
      watchedFlow(registering.slice(0, login + 1), { outcome: undefined, lastStep: 'authorization' }),
    );
    expect(document).toMatchObject({
      outcome: 'under-way',
      reason: 'the client has come to authorization so far',
    });
    expect(outcomes(document).slice(3)).toEqual([
      'registration done',
      'authorization under-way',
      'callback skipped',
      'token skipped',
      'mcp-call skipped',
    ]);
    expect(document.steps.find(({ id }) => id === 'authorization')!.reason).toBe('a page waits for its user');
  });

  it('says where a flow ended of which nothing more came', () => {
    const token = registering.findIndex(({ meaning }) => meaning === 'token-request');
    const document = documentOf(
      watchedFlow(registering.slice(0, token), { outcome: 'failed', reason: 'nothing came for 30 s' }),
    );
    expect(outcomes(document).slice(4, 7)).toEqual([
      'authorization done',
      'callback failed',
      'token skipped',
    ]);
    expect(document.steps.find(({ id }) => id === 'callback')!.reason).toBe('nothing came for 30 s');
  });

  it('keeps the reason code of a refusal and what links each exchange', async () => {
    const refused = await recordedRun({ clientId: 'never-seen' }, { unknownClients: 'reject' });
    const document = documentOf(watchedFlow(refused, { outcome: 'failed', reason: 'refused' }));
    const authorize = document.exchanges.find(({ step }) => step === 'authorization')!;
    expect(authorize).toMatchObject({
      reason_code: 'client_unknown',
      linked_by: 'client_id',
      observed_by: 'as',
    });
    expect(document.steps.find(({ id }) => id === 'authorization')).toMatchObject({ outcome: 'failed' });
  });

  it('says that a refusal was one, also where the client went on', () => {
    const [challenge, ...others] = registering;
    const metadata = others.find(({ meaning }) => meaning === 'resource-metadata')!;
    const lost = { ...metadata, response: { status: 404, headers: {}, body: null, truncated: false } };
    const document = documentOf(
      watchedFlow([challenge!, lost, ...others.filter((one) => one !== metadata)], { outcome: 'completed' }),
    );
    expect(document.steps.find(({ id }) => id === 'resource-metadata')).toMatchObject({
      outcome: 'failed',
      reason: 'the last answer was 404',
    });
  });

  it('is one for every flow that a watch puts together, at every moment of it', () => {
    const watch = createWatch({ maxFlows: 10 });
    for (const exchange of registering) {
      watch.add(exchange);
      for (const flow of watch.flows()) {
        const document = documentOf(flow);
        expect(flowDocument.parse(document)).toEqual(document);
        expect(new Set(document.steps.map(({ id }) => id))).toEqual(
          new Set([...FLOW_STEPS, ...document.steps.map(({ id }) => id)]),
        );
        expect(document.exchanges).toHaveLength(flow.exchanges.length);
      }
    }
    const outcomesSeen = watch
      .flows()
      .map((flow) => documentOf(flow))
      .map(({ outcome, registration }) => `${outcome} ${registration.route}`);
    expect(outcomesSeen).toEqual(['completed dcr']);
  });

  it('names who was watched and what could not be seen', () => {
    const { watched } = documentOf(watchedFlow(registering, { omitted: 3 }), {
      notes: ['seen through a proxy'],
    });
    expect(watched).toMatchObject({
      flow: 'f1',
      by: 'servers',
      client: { name: 'inspect-flow' },
      last_step: 'mcp-call',
      notes: ['3 exchanges of this flow were not kept', 'seen through a proxy'],
    });
  });
});
