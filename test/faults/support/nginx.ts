import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { hasProgram, skipped } from './programs.js';
import { pause, type Started } from './servers.js';

/** How long it may take until nginx answers, in milliseconds; the machine may be busy. */
const START_MILLISECONDS = 30_000;

/** A running nginx, and what it has passed on. */
export interface Nginx {
  readonly port: number;
  /** where each request went, oldest first; more than one where it was tried elsewhere after the first */
  passedTo(): readonly string[];
}

/** Tests that need nginx; without it they are skipped, and in CI they fail. */
export function describeWithNginx(name: string, tests: () => void): void {
  const missing = hasProgram('nginx', ['-v']) ? undefined : 'there is no nginx on the PATH';
  if (missing === undefined) describe(name, tests);
  else skipped(name, missing);
}

/**
 * Puts nginx in front of several servers, which take turns. Its configuration, its log and its temporary files are in a
 * folder of their own, and it needs no rights.
 *
 * @param port to listen on
 * @param upstreams ports of the servers
 */
export async function startNginx(
  started: Started,
  port: number,
  upstreams: readonly number[],
): Promise<Nginx> {
  const folder = started.folder();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, port, upstreams));
  const child = spawn('nginx', ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  started.atEnd(async () => {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  });
  const until = performance.now() + START_MILLISECONDS;
  while (!(await fetch(`http://127.0.0.1:${port}/nginx-is-there`).catch(() => undefined))) {
    if (performance.now() > until) throw new Error(`nginx does not answer at ${port}`);
    await pause(50);
  }
  return {
    port,
    passedTo: () =>
      readFileSync(join(folder, 'access.log'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('127.')),
  };
}

/** A POST that has reached a server is not sent to another one; one that could not be is. */
function configuration(folder: string, port: number, upstreams: readonly number[]): string {
  return `
daemon off;
master_process off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  log_format upstream '$upstream_addr';
  access_log ${folder}/access.log upstream;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream servers {
${upstreams.map((one) => `    server 127.0.0.1:${one} max_fails=1 fail_timeout=1s;`).join('\n')}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location = /nginx-is-there { access_log off; return 204; }
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_buffering off;
    }
  }
}
`;
}
