import { join } from 'node:path';
import { readDeployment, written } from './support.js';

/** What stands in a test where the real thing has names and addresses of its own. */
export interface NginxPlaces {
  /** for everything that nginx writes */
  readonly folder: string;
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly ports: { readonly plain: number; readonly as: number; readonly mcp: number };
  /** addresses with ports, in the order of the upstreams in nginx.conf */
  readonly upstreams: { readonly as: readonly string[]; readonly mcp: readonly string[] };
  /** those that are not held to the limits */
  readonly unlimited: string;
}

/**
 * docs/deployment/nginx.conf below a main configuration, for loopback: both names become `localhost`, each at a port of its own;
 * all that is not a name, an address, a port or a path stays as it is.
 *
 * @returns the path of the main configuration
 */
export function nginxConfiguration(places: NginxPlaces): string {
  const { folder, ports, upstreams, certificate } = places;
  const text = readDeployment('nginx.conf');
  const listening = (server: string, port: number) =>
    server
      .replace(/listen 443 ssl/g, `listen 127.0.0.1:${port} ssl`)
      .replace(/server_name \S+;/, 'server_name localhost;');
  const parts = text.split(/^(?=server \{)/m).map((server) => {
    if (server.includes('ssl_reject_handshake')) {
      const each = [ports.as, ports.mcp].map((port) => `listen 127.0.0.1:${port} ssl default_server;`);
      return replaced(server, 'listen 443 ssl default_server;', each.join('\n  '));
    }
    if (server.includes('server_name as.example.com;')) return listening(server, ports.as);
    if (server.includes('server_name mcp.example.com;')) return listening(server, ports.mcp);
    return server
      .replace(/listen 80/, `listen 127.0.0.1:${ports.plain}`)
      .replace('server_name as.example.com mcp.example.com;', 'server_name localhost;');
  });
  let site = parts.join('');
  site = addresses(site, /server 172\.30\.9\.\d+:9000/g, upstreams.as);
  site = addresses(site, /server 172\.30\.9\.\d+:8001/g, upstreams.mcp);
  site = replaced(site, '172.30.9.0/24 0;', `${places.unlimited} 0;`);
  site = replaced(site, '/run/secrets/certificate.pem', written(folder, 'certificate.pem', certificate.cert));
  site = replaced(site, '/run/secrets/certificate.key', written(folder, 'certificate.key', certificate.key));
  site = replaced(site, '/var/log/nginx/access.log', join(folder, 'access.log'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  return written(
    folder,
    'nginx.conf',
    `daemon off; master_process on; pid ${join(folder, 'nginx.pid')}; error_log ${join(folder, 'error.log')} warn;
worker_processes 1;
events { worker_connections 1024; }
http { ${temporary.join(' ')} include ${written(folder, 'site.conf', site)}; }
`,
  );
}

function addresses(text: string, pattern: RegExp, wanted: readonly string[]): string {
  const found = [...text.matchAll(pattern)];
  if (found.length !== wanted.length)
    throw new Error(`${found.length} upstreams instead of ${wanted.length}`);
  let index = 0;
  return text.replace(pattern, () => `server ${wanted[index++]}`);
}

/** @throws Error if it is not there, so that no substitution is lost in silence */
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nginx.conf has no "${from}"`);
  return text.replaceAll(from, to);
}
