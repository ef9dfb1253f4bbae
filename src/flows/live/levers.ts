import * as z from 'zod';
import { mediaTypeOf, parseParameters, readJsonObject, readRawForm } from '../../shared/http/body.js';
import { isClientId } from '../../shared/oauth/client-id.js';
import {
  CLIENT_LEVERS,
  type ClientLevers,
  type LeverResult,
  type OfferedLever,
} from '../../shared/oauth/client-levers.js';
import type { Random } from '../../shared/random.js';
import { checkCsrfToken } from './access.js';
import { refusal, wantsJson } from './refusal.js';
import type { Viewer } from './viewers.js';

/** The levers as the pages have them. */
export interface LeverDesk {
  /** What is to be drawn for a client; empty where there are none, as at an MCP server in a process of its own. */
  offered(clientId: string): Promise<readonly OfferedLever[]>;
  /** Answers a request to `/flows/levers`: a form with `lever`, `client_id` and `csrf_token`, or JSON. @throws OAuthError for a form that is none, or not from this page */
  answer(request: Request, viewer: Viewer): Promise<Response>;
  /** What came of a lever, by the `notice` in the query of the page that the browser was sent back to. */
  notice(id: string): LeverResult | undefined;
}

/** Results that wait for the page that shows them. */
const MAX_NOTICES = 100;

const ASKED = z.object({
  lever: z.enum(CLIENT_LEVERS, `lever must be one of ${CLIENT_LEVERS.join(', ')}`),
  client_id: z
    .string('client_id is missing')
    .refine(isClientId, 'client_id must be printable ASCII, and not endless'),
});

/**
 * Makes the levers reachable for forms and programs. A form has to bring the token of its page along. JSON need not, as no
 * page of another origin can send it without being allowed to, which none is.
 *
 * @param levers of the authorization server; undefined where it is in another process
 */
export function createLeverDesk(levers: ClientLevers | undefined, random: Random): LeverDesk {
  const notices = new Map<string, LeverResult>();

  function keep(result: LeverResult): string {
    const id = random.token(8);
    notices.set(id, result);
    const [oldest] = notices.keys();
    if (notices.size > MAX_NOTICES && oldest !== undefined) notices.delete(oldest);
    return id;
  }

  return {
    offered: async (clientId) => (levers ? levers.offered(clientId) : []),
    notice: (id) => notices.get(id),
    async answer(request, viewer) {
      if (levers === undefined) {
        return refusal(
          request,
          404,
          'The levers are at /flows of the authorization server, which is another process',
        );
      }
      if (request.method !== 'POST') return refusal(request, 405, 'Use POST', { allow: 'POST' });
      const asked = ASKED.safeParse(await readAsked(request, viewer));
      if (!asked.success) return refusal(request, 400, asked.error.issues[0]?.message ?? 'not understood');
      const { lever, client_id } = asked.data;
      const result = await levers.pull(lever, client_id);
      if (wantsJson(request)) return Response.json(result, { status: result.pulled ? 200 : 409 });
      const query = new URLSearchParams({ client: client_id, notice: keep(result) });
      return new Response(null, { status: 303, headers: { location: `/flows?${query}` } });
    },
  };
}

/** @throws OAuthError */
async function readAsked(request: Request, viewer: Viewer): Promise<unknown> {
  if (mediaTypeOf(request.headers.get('content-type')) === 'application/json') return readJsonObject(request);
  const form = parseParameters(await readRawForm(request));
  checkCsrfToken(viewer, form);
  return { lever: form.get('lever'), client_id: form.get('client_id') };
}
