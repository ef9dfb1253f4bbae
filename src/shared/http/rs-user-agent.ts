import { VERSION } from '../version.js';

const NAME = 'mcp-oauth-demo-rs';

/** What our resource server calls itself when it asks an authorization server, so that nobody takes it for a client. */
export const RS_USER_AGENT = `${NAME}/${VERSION}`;

/** Whether a `User-Agent` is that of our resource server, of whichever version. */
export function isRsUserAgent(userAgent: string | null): boolean {
  return userAgent?.startsWith(`${NAME}/`) === true;
}
