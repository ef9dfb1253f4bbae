/** How this server introduces itself to MCP clients, in both eras. */
export interface ServerInfo {
  readonly name: string;
  readonly title: string;
  readonly version: string;
}
