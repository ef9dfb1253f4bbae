import type { FlowDocument, FlowStepId } from '../trace/trace.js';
import type { Named } from './compare.js';
import type { NormalForm } from './normal-form.js';

type Json = FlowDocument['exchanges'][number]['request']['body'];
type JsonObject = Readonly<Record<string, Json>>;

const METADATA_STEPS = ['resource-metadata', 'authorization-server-metadata'] as const;

/** The members of the metadata documents that the flow went by, the last of each step that was answered with 200. */
export function membersOfMetadata(flow: FlowDocument, normal: NormalForm): readonly Named[] {
  return METADATA_STEPS.flatMap((step) => {
    const answer = flow.exchanges.findLast((one) => one.step === step && one.response?.status === 200);
    const body = objectOf(answer?.response?.body);
    return Object.entries(body ?? {}).map(([what, value]) => ({ step, what, value: normal(inWords(value)) }));
  });
}

/** The scopes that were asked for, and those that were granted. */
export function askedAndGranted(flow: FlowDocument): readonly Named[] {
  const asked = flow.front_channel
    .filter(({ kind }) => kind === 'authorization-request')
    .map(({ step, url }) => named(step, 'asked', URL.parse(url)?.searchParams.get('scope') ?? 'none'));
  const granted = flow.exchanges.flatMap(({ step, response }) => {
    const body = objectOf(response?.body);
    if (!body || !('access_token' in body)) return [];
    return [named(step, 'granted', 'scope' in body ? inWords(body['scope']!) : 'not told')];
  });
  return [...asked, ...granted];
}

/** The tools that were listed, and those that were called. */
export function toolsOf(flow: FlowDocument): readonly Named[] {
  return flow.exchanges.flatMap(({ step, request, response }) => {
    const sent = objectOf(request.body);
    if (sent?.['method'] === 'tools/call') {
      const name = objectOf(sent['params'])?.['name'];
      return [named(step, 'called', name === undefined ? 'none' : inWords(name))];
    }
    if (sent?.['method'] !== 'tools/list') return [];
    const tools = objectOf(objectOf(messageIn(response?.body))?.['result'])?.['tools'];
    if (!Array.isArray(tools)) return [];
    const names = tools.map((tool) => inWords(objectOf(tool)?.['name'] ?? null));
    return [named(step, 'listed', names.toSorted().join(', '))];
  });
}

/** The message of a JSON-RPC answer, which may have come on a stream of events. */
function messageIn(body: Json | undefined): Json | undefined {
  if (typeof body !== 'string') return body;
  const data = body.match(/^data:(.*"result".*)$/m)?.[1];
  if (data === undefined) return undefined;
  try {
    return JSON.parse(data) as Json;
  } catch {
    return undefined;
  }
}

function named(step: FlowStepId, what: string, value: string): Named {
  return { step, what, value };
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function inWords(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
