/** Ends a flow: the step at which it is thrown has failed. */
export class FlowFailure extends Error {
  /** `unreachable` if nothing could be established at all */
  readonly outcome: 'failed' | 'unreachable';
  /** true if the authorization server does not know the client_id that it was given */
  readonly clientRefused: boolean;

  /** @param reason what went wrong and, where there is one, what to do about it */
  constructor(reason: string, options: { outcome?: 'failed' | 'unreachable'; clientRefused?: boolean } = {}) {
    super(reason);
    this.name = 'FlowFailure';
    this.outcome = options.outcome ?? 'failed';
    this.clientRefused = options.clientRefused ?? false;
  }
}

/** Ends a flow where its user wanted it to end: nothing is wrong. */
export class FlowStopped extends Error {
  /** @param reason why it ends here, as the end of "it stopped, since …" */
  constructor(reason: string) {
    super(reason);
    this.name = 'FlowStopped';
  }
}
