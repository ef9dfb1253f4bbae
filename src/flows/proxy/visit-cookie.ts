/** A cookie of the proxy itself, by which the pages of one login are told from those of another. */
export interface VisitCookie {
  /** what a browser brought along */
  read(headers: Headers): string | undefined;
  /** @returns a `Set-Cookie` header */
  write(value: string): string;
}

/** @param port of the proxy, since all ports of `localhost` share their cookies */
export function visitCookie(port: string): VisitCookie {
  const name = `mcp-oauth-demo-visit-${port}`;
  return {
    read: (headers) =>
      (headers.get('cookie') ?? '')
        .split(';')
        .map((pair) => pair.trim())
        .find((pair) => pair.startsWith(`${name}=`))
        ?.slice(name.length + 1),
    write: (value) => `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`,
  };
}
