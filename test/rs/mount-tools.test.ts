import { expect, it } from 'vitest';
import { mountToolsOnV2 } from '../../src/rs/mcp/mount-tools.js';
import { authInfoFor } from '../../src/rs/mcp/token-passage.js';
import { compileTools } from '../../src/rs/tools/compile-tools.js';
import { ISSUER } from './support.js';

it('a tool that tells how far it is to a client that is gone does not fail for it', async () => {
  const content = [{ type: 'text', text: 'done' }] as const;
  const tools = compileTools([
    {
      name: 'tell',
      description: 'Tells how far it is.',
      async handler(_input, { progress, log }) {
        await progress(1);
        await log('info', 'on the way');
        return { content };
      },
    },
  ]);
  const gone = () => Promise.reject(new Error('the stream is closed'));
  const authInfo = authInfoFor({ fingerprint: '01234567', iss: ISSUER, scope: [], aud: [], claims: {} });
  const { signal } = new AbortController();
  const extra = {
    http: { authInfo },
    mcpReq: { signal, _meta: { progressToken: 1 }, notify: gone, log: gone },
  };
  const answers: unknown[] = [];
  const registerTool = (_name: string, _config: object, call: (...args: never) => unknown) =>
    answers.push(Reflect.apply(call, undefined, [{}, extra]));
  mountToolsOnV2({ registerTool }, tools, () => {});
  expect(await Promise.all(answers)).toEqual([{ content }]);
});
