/** How a server introduces itself to MCP clients, in both eras. */
export interface ServerInfo {
  readonly name: string;
  /** for people; the name stands in */
  readonly title?: string | undefined;
  readonly version: string;
}

/** What a server says it can do beside tools, in the form that both SDKs take. */
export interface ServerCapabilities {
  readonly logging?: Readonly<Record<string, never>>;
}
