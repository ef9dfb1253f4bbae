import { ISSUER, json, modernMcp, redirectBack, type Routes } from './support.js';

const METADATA = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';

interface Behaviour {
  /** the scopes that a request needs, by its MCP method; `refused` says how often it was refused before */
  needs(method: string, refused: number): readonly string[];
  /** what the authorization server grants of what is asked for; all if left out */
  grants?(asked: readonly string[]): readonly string[];
  /** what answers where the scope suffices; a server of the stateless era if left out */
  mcp?(request: Request): Promise<Response>;
  /** the answer to a token that lacks scopes; as the specification wants it if left out */
  challenge?(lacking: readonly string[]): Response;
}

/** The answer that MCP wants where scope is lacking. */
export function insufficientScope(lacking: readonly string[], status = 403): Response {
  const challenge = `Bearer error="insufficient_scope", scope="${lacking.join(' ')}", resource_metadata="${METADATA}"`;
  return new Response(null, { status, headers: { 'www-authenticate': challenge } });
}

/** The routes of a pair whose requests need scopes, and whose tokens have those that were asked for. */
export function scopedServer({
  needs,
  grants = (asked) => asked,
  challenge = insufficientScope,
  mcp = modernMcp,
}: Behaviour) {
  const scopeOf = new Map<string, readonly string[]>();
  const refusals = new Map<string, number>();
  const asked: (string | null)[] = [];
  const methods: string[] = [];
  const routes: Routes = {
    'GET as.example/authorize': (request) => {
      asked.push(new URL(request.url).searchParams.get('scope'));
      const answer = redirectBack({});
      return typeof answer === 'function' ? answer(request) : answer;
    },
    'POST as.example/token': () => {
      const token = `foreign-scoped-token-${asked.length}-0123456789abcdef`;
      const granted = grants((asked.at(-1) ?? '').split(' '));
      scopeOf.set(`Bearer ${token}`, granted);
      const body = { access_token: token, token_type: 'Bearer', expires_in: 600, scope: granted.join(' ') };
      return json(body, { headers: { 'cache-control': 'no-store' } })();
    },
    'POST mcp.example/mcp': async (request) => {
      const { method } = (await request.clone().json()) as { method: string };
      const granted = scopeOf.get(request.headers.get('authorization') ?? '');
      if (!granted) {
        const header = `Bearer resource_metadata="${METADATA}", scope="notes.read"`;
        return new Response(null, { status: 401, headers: { 'www-authenticate': header } });
      }
      methods.push(method);
      const before = refusals.get(method) ?? 0;
      const needed = needs(method, before);
      if (needed.every((scope) => granted.includes(scope))) return mcp(request);
      refusals.set(method, before + 1);
      return challenge(needed.filter((scope) => !granted.includes(scope)));
    },
  };
  return { routes, asked, methods, issuer: ISSUER };
}
