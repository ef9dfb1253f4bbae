/** The exit codes of every command; `docs/exit-codes.md` explains them. They do not change. */
export const EXIT = {
  /** done, or (inspect-flow) the server asks for no authorization */
  done: 0,
  /** the flow failed, or a server could not start */
  failed: 1,
  /** a flag or argument was wrong */
  usage: 2,
  /** an expectation or a check was not met */
  notMet: 3,
  /** nothing could be established, as when no server answers */
  nothingEstablished: 4,
  /** ended by Ctrl-C */
  interrupted: 130,
} as const;
