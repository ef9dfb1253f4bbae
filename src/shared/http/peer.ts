/**
 * Who sent a request: the other end of its connection, or, by a proxy that is trusted (`--trust-proxy`), whoever the proxy
 * says that it was asked by. It is nobody's proof of anything: a proxy that is not trusted has it too.
 */
export interface Peer {
  readonly address: string;
  /** of the connection, which is that of the proxy where there is one */
  readonly port: number;
}
