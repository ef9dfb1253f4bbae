// The way of the load's clients into the network: kept connections, answers read whole, and a bound for each.
import { Agent } from 'undici';

/** Thrown where no answer came: the connection was refused, cut off, or nothing came in time. */
export class NoAnswer extends Error {
  constructor(step, cause) {
    super(`${step}: no answer (${cause.code ?? cause.message})`, { cause });
    this.name = 'NoAnswer';
    this.step = step;
    this.code = cause.code;
  }
}

/** Thrown where the answer is not the one that the step ends with. */
export class UnexpectedAnswer extends Error {
  constructor(step, { status, headers, text }) {
    super(`${step}: ${status} ${saidIn(text)}`);
    this.name = 'UnexpectedAnswer';
    this.step = step;
    this.status = status;
    this.retryAfter = headers['retry-after'] === undefined ? undefined : Number(headers['retry-after']);
  }
}

export function createNetwork({ connections = 64, patience = 15_000, via = new Map() } = {}) {
  const agent = new Agent({ connections, headersTimeout: patience, bodyTimeout: patience });
  return {
    async send(step, url, { method = 'GET', headers = {}, form, json } = {}) {
      const { origin, host, pathname, search } = new URL(url);
      const instances = via.get(origin);
      // Round robin, as a load balancer would do it.
      if (instances) instances.push(instances.shift());
      const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
      const body = form ? new URLSearchParams(form).toString() : json && JSON.stringify(json);
      try {
        const answer = await agent.request({
          origin: instances?.[0] ?? origin,
          path: pathname + search,
          method,
          headers: {
            ...(instances && { host }),
            ...(body !== undefined && { 'content-type': type }),
            ...headers,
          },
          body,
        });
        return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
      } catch (cause) {
        throw new NoAnswer(step, cause);
      }
    },
    close: () => agent.destroy(),
  };
}

/** What an answer says to a person, without the page around it. */
function saidIn(text) {
  const words = text.replace(/<(style|script|head)\b[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
  return words.replace(/\s+/g, ' ').trim().slice(0, 200);
}
