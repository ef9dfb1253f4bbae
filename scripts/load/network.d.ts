/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What is sent: a form, JSON, or no body. */
export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>> | URLSearchParams;
  readonly json?: unknown;
}

/** The way into the network; its connections are kept. */
export interface Network {
  /**
   * @param step what this is, for the error
   * @throws NoAnswer
   */
  send(step: string, url: string | URL, sending?: Sending): Promise<Answer>;
  /** Ends its connections, whatever is under way. */
  close(): Promise<void>;
}

/** Thrown where no answer came: the connection was refused, cut off, or nothing came in time. */
export class NoAnswer extends Error {
  readonly step: string;
  /** as `ECONNREFUSED` or `UND_ERR_SOCKET` */
  readonly code: string | undefined;
}

/** Thrown where the answer is not the one that the step ends with. */
export class UnexpectedAnswer extends Error {
  constructor(step: string, answer: Answer);
  readonly step: string;
  readonly status: number;
  /** in seconds */
  readonly retryAfter: number | undefined;
}

/** What a network can be told. */
export interface NetworkOptions {
  /** how many there may be for each origin; 64 unless given */
  readonly connections?: number;
  /** how long an answer may take, in milliseconds; 15 000 unless given */
  readonly patience?: number;
  /** by origin: the origins of several servers that stand for it, and take turns from request to request */
  readonly via?: ReadonlyMap<string, string[]>;
}

export function createNetwork(options?: NetworkOptions): Network;
