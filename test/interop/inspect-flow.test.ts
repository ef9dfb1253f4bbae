import { afterEach, describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { listening, run, start } from '../support/cli.js';
import { RS_CREDENTIALS, startOidcProvider } from '../support/oidc-provider.js';
import { installedPackage } from './support/packages.js';
import { startSdkExample } from './support/sdk-example.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What inspect-flow makes of a server. */
async function inspected(resource: string, ...flags: readonly string[]) {
  const { code, stdout } = await run(['inspect-flow', resource, '--json', ...flags]);
  const document = flowDocument.parse(JSON.parse(stdout));
  const broken = (wanted: string) =>
    document.checks
      .filter(({ level, status }) => level === wanted && (status === 'fail' || status === 'warn'))
      .map(({ id }) => id);
  return { code, document, musts: broken('MUST'), shoulds: broken('SHOULD') };
}

describe(`inspect-flow at the example servers of ${installedPackage('@modelcontextprotocol/sdk')}`, () => {
  it('completes, and says which rules they break', async () => {
    const example = await startSdkExample({ flags: ['--oauth-strict'] });
    ends.push(() => example.stop());
    const { code, document, musts, shoulds } = await inspected(example.resource, '--call', 'greet');
    expect(document).toMatchObject({ outcome: 'completed', registration: { route: 'dcr' } });
    expect({ code, musts }).toEqual({ code: 0, musts: [] });
    expect(shoulds).toEqual(
      expect.arrayContaining(['as.iss-advertised', 'rs.challenge-no-error', 'rs.challenge-scope']),
    );
  });
});

describe(`inspect-flow at ${installedPackage('oidc-provider')}`, () => {
  it.each([
    ['opaque', ['--introspection-credentials', `${RS_CREDENTIALS.id}:${RS_CREDENTIALS.secret}`]],
    ['jwt', ['--verify=jwt']],
  ] as const)('completes with tokens of the format %s, and finds no MUST broken', async (format, flags) => {
    const provider = await startOidcProvider(format);
    ends.push(() => provider.close());
    const place = ['--port', '0', '--log-format', 'json', '--oauth-strict'];
    const rs = await listening(start(['rs', ...place, '--auth-server', provider.issuer, ...flags]));
    ends.push(() => rs.stop());
    const { code, document, musts } = await inspected(rs.resource);
    expect(document).toMatchObject({ outcome: 'completed', registration: { route: 'dcr' } });
    expect({ code, musts }).toEqual({ code: 0, musts: [] });
  });
});
