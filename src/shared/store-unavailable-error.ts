/**
 * What a store throws that cannot be reached, has no room on its disk or does not answer in time. Whether what was asked
 * for was done is not known then.
 */
export class StoreUnavailableError extends Error {
  /** @param what for the operator: what failed and where, without any secret */
  constructor(what: string, options?: ErrorOptions) {
    super(what, options);
    this.name = 'StoreUnavailableError';
  }
}
