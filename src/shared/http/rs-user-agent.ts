import { VERSION } from '../version.js';

/** What our resource server calls itself when it asks an authorization server, so that nobody takes it for a client. */
export const RS_USER_AGENT = `mcp-oauth-demo-rs/${VERSION}`;
