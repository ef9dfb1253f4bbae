import type { Context } from 'hono';
import { routePath } from 'hono/route';
import { basePath } from '../metadata.js';

/**
 * The path of the route that a request came to, the same for every issuer: with `/register/:client_id` in place of each
 * client_id, and without the path of the issuer. There are as many as there are routes.
 *
 * @param issuers that this server has, or had
 * @returns a function that gives undefined where nothing is at the path
 */
export function createRouteTemplate(issuers: readonly string[]): (c: Context) => string | undefined {
  const bases = issuers.map(basePath).filter((base) => base !== '');
  return (c) => {
    const path = routePath(c, -1);
    if (path.endsWith('*')) return undefined;
    const before = bases.find((base) => path.startsWith(`${base}/`));
    if (before !== undefined) return path.slice(before.length);
    // The metadata document of an issuer with a path is below the well-known one (RFC 8414 §3.1).
    const behind = bases.find((base) => path.startsWith('/.well-known/') && path.endsWith(base));
    return behind === undefined ? path : path.slice(0, -behind.length);
  };
}
