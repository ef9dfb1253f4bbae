import type { RecordedExchange } from '../../record/recorded-exchange.js';

type Json = RecordedExchange['request']['body'];
/** An object of JSON, as a body may be one. */
export type JsonObject = Readonly<Record<string, Json>>;

/** A body as an object; a form is one already. An empty one stands for everything else. */
export function membersOf(body: Json | undefined): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
}

/** A parameter of a request, from its URL or from its form. */
export function parameterOf({ url, body }: RecordedExchange['request'], name: string): string | undefined {
  return URL.parse(url)?.searchParams.get(name) ?? textOf(membersOf(body)[name]);
}

/** The value, if it is a text with something in it. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list; those of a text are that text alone. */
export function textsOf(value: Json | undefined): readonly string[] {
  return [value ?? []].flat().flatMap((one) => textOf(one) ?? []);
}

/** The body of a response that said yes. */
export function answerOf({ response }: Pick<RecordedExchange, 'response'>): JsonObject | undefined {
  return response && response.status < 300 ? membersOf(response.body) : undefined;
}

/** A parameter of the challenge in `WWW-Authenticate`, if it is in quotes as they all are. */
export function challengeParameter(
  exchange: RecordedExchange,
  name: 'scope' | 'resource_metadata',
): string | undefined {
  const challenge = exchange.response?.headers['www-authenticate'] ?? '';
  return new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1];
}
