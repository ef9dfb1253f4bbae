/** The way out that introspection takes: narrow, so that a process can put a pool of connections behind it. */
export type PostForm = (
  url: string,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ status: number; body: string }>;
