import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** What many clients sent at once, and what became of it. */
export interface Load {
  readonly answered: () => number;
  /** Ends it: each client after the answer that it waits for. */
  stop(): void;
  /** settles when the last client is done; one is when it finds nobody who takes its connection, too */
  readonly done: Promise<{
    readonly answered: number;
    /** what went wrong after a connection was there */
    readonly failed: readonly string[];
  }>;
}

export interface LoadOptions {
  readonly url: string;
  readonly clients: number;
  /** false takes a connection for each request */
  readonly keepAlive: boolean;
  /** of what to POST; GET without */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** of the certificate, for https */
  readonly ca?: string;
}

/** Has clients send one request after the other, until they are stopped or nobody takes their connections any more. */
export function startLoad(options: LoadOptions): Load {
  let answered = 0;
  let stopped = false;
  const failed: string[] = [];

  async function client(): Promise<void> {
    const settings = { keepAlive: options.keepAlive, maxSockets: 1 };
    const agent = options.url.startsWith('https:') ? new HttpsAgent(settings) : new HttpAgent(settings);
    while (!stopped) {
      try {
        const { status, body } = await ask(options, agent);
        if (status >= 200 && status < 300 && body !== '') answered += 1;
        else failed.push(`${status} ${body}`);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        if (code === 'ECONNREFUSED') break;
        failed.push(code);
      }
    }
    agent.destroy();
  }

  const done = Promise.all(Array.from({ length: options.clients }, client)).then(() => ({
    answered,
    failed,
  }));
  return { answered: () => answered, stop: () => (stopped = true), done };
}

function ask(
  { url, body, headers = {}, ca }: LoadOptions,
  agent: HttpAgent | HttpsAgent,
): Promise<{ readonly status: number; readonly body: string }> {
  const { port, pathname, protocol, host } = new URL(url);
  const sent = {
    agent,
    host: '127.0.0.1',
    port,
    path: pathname,
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, host, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
  };
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage): void => {
      text(answer).then((read) => resolve({ status: answer.statusCode ?? 0, body: read }), reject);
    };
    const request =
      protocol === 'https:' ? httpsRequest({ ...sent, ca }, onAnswer) : httpRequest(sent, onAnswer);
    request.once('error', reject).end(body);
  });
}
