/** The other end of the connection that a request came by. It is nobody's proof of anything: a proxy in front has it too. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}
