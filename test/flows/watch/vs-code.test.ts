import { describe, expect, it } from 'vitest';
import { documentHost } from '../../as/document-host.js';
import { recordedPair } from '../record/recorded-pair.js';
import { runScenario } from './fixtures/run-scenario.js';
import { VS_CODE, VS_CODE_DOCUMENT } from './fixtures/vs-code/profile.js';
import {
  CACHED_ID,
  DIALOG_WAITS,
  FRESH,
  METADATA_DOCUMENT,
  PORT_BUSY,
  SHORT_LIFE,
  SHORT_LIFE_NO_REFRESH,
  STALE_ID,
  STALE_ID_REFUSED,
  STALE_ID_TOLD,
  STALE_ID_TOLD_BY_200,
} from './fixtures/vs-code/scenarios.js';

const DCR = ['preset', 'dcr'] as const;

describe('VS Code 1.139, reconstructed', () => {
  it('is recognised by what it registers, where it listens and how it calls itself', async () => {
    const [fresh] = await runScenario(FRESH, VS_CODE, recordedPair({ registration: DCR }));
    expect(fresh?.client?.name).toBe('VS Code');
    expect(fresh?.client?.evidence).toEqual(
      expect.arrayContaining([
        'redirect URI http://127.0.0.1:33418/',
        'client_name Visual Studio Code',
        'user agent Visual Studio Code/1.139.1',
        'clientInfo Visual Studio Code',
      ]),
    );
  });

  it('registers on a fresh install, and nothing is wrong', async () => {
    const [fresh] = await runScenario(FRESH, VS_CODE, recordedPair({ registration: DCR }));
    expect(fresh?.route.route).toBe('dcr');
    expect(fresh?.findings).toEqual([]);
    const last = fresh?.flow.exchanges.map(({ exchange }) => exchange).findLast(({ to }) => to === 'rs');
    expect(last).toMatchObject({ facts: { mcp: [{ method: 'tools/list' }] }, response: { status: 200 } });
  });

  it('reuses its stored client_id after a sign-out, and nothing is wrong', async () => {
    const [, cached] = await runScenario(CACHED_ID, VS_CODE, recordedPair({ registration: DCR }));
    expect(cached?.route.route).toBe('dcr-reused');
    expect(cached?.route.because).toContain('POST /register was not called in this flow');
    expect(cached?.findings).toEqual([]);
  });

  it('is adopted with a client_id that the server has lost', async () => {
    const [stale] = await runScenario(STALE_ID, VS_CODE, recordedPair({ registration: DCR }));
    expect(stale?.route.route).toBe('adopted');
    expect(stale?.client?.name).toBe('VS Code');
    expect(stale?.found).toEqual(['client-id-adopted']);
    expect(stale?.findings[0]?.severity).toBe('notice');
  });

  it('is stuck with a client_id that the server refuses, and its user is told which command helps', async () => {
    const pair = recordedPair({ registration: DCR, unknownClients: 'reject' });
    const [stale] = await runScenario(STALE_ID_REFUSED, VS_CODE, pair, { outcome: 'failed' });
    expect(stale?.route.route).toBe('unknown');
    expect(stale?.found).toEqual(['dead-client-id']);
    expect(stale?.findings[0]).toMatchObject({ severity: 'problem', who: 'user' });
    expect(stale?.findings[0]?.change).toContain('Authentication: Remove Dynamic Authentication Providers');
  });

  it('is told to register by a void token: the first flow is meant to fail, and the second is fresh', async () => {
    const pair = recordedPair({ registration: DCR, unknownClients: 'reregister' });
    const flows = await runScenario(STALE_ID_TOLD, VS_CODE, pair);
    expect(flows.map(({ route }) => route.route)).toEqual(['adopted', 'dcr']);
    expect(flows[0]?.found).toEqual(['client-id-adopted', 'told-to-register']);
    expect(flows[0]?.findings.every(({ severity }) => severity === 'notice')).toBe(true);
    expect(flows[1]?.findings).toEqual([]);
  });

  it('is told to register by invalid_client with HTTP 200', async () => {
    const pair = recordedPair({ registration: DCR, unknownClients: 'reject-200' });
    const flows = await runScenario(STALE_ID_TOLD_BY_200, VS_CODE, pair);
    expect(flows.map(({ route }) => route.route)).toEqual(['adopted', 'dcr']);
    expect(flows[0]?.found).toEqual(['client-id-adopted', 'told-to-register']);
    expect(flows[1]?.findings).toEqual([]);
  });

  it('brings its metadata document along where the server reads documents', async () => {
    const host = documentHost();
    host.serve(VS_CODE_DOCUMENT, {}, VS_CODE_DOCUMENT.client_id);
    const [flow] = await runScenario(METADATA_DOCUMENT, VS_CODE, recordedPair({}, {}, host));
    expect(flow?.route.route).toBe('cimd');
    expect(flow?.client?.evidence).toContain(`metadata document ${VS_CODE_DOCUMENT.client_id}`);
    expect(flow?.findings).toEqual([]);
  });

  it('may listen at another port than the registered one', async () => {
    const [flow] = await runScenario(PORT_BUSY, VS_CODE, recordedPair({ registration: DCR }));
    expect(flow?.route.route).toBe('dcr');
    expect(flow?.findings).toEqual([]);
  });

  it('refreshes on every call where tokens live for 300 seconds or less, and the server should change that', async () => {
    const pair = recordedPair({ registration: DCR, accessTokenSeconds: 300 });
    const [flow] = await runScenario(SHORT_LIFE, VS_CODE, pair);
    expect(flow?.found).toEqual(['refresh-on-every-call']);
    expect(flow?.findings[0]).toMatchObject({ who: 'as' });
    const longer = recordedPair({ registration: DCR, accessTokenSeconds: 600 });
    expect((await runScenario(FRESH, VS_CODE, longer))[0]?.findings).toEqual([]);
  });

  it('asks its user again and again where tokens are short and there is no refresh token', async () => {
    const pair = recordedPair({ registration: DCR, accessTokenSeconds: 100, grants: ['authorization_code'] });
    const [flow] = await runScenario(SHORT_LIFE_NO_REFRESH, VS_CODE, pair, { outcome: undefined });
    expect(flow?.found).toEqual(['no-refresh-token-short-life']);
    expect(flow?.findings[0]?.severity).toBe('problem');
  });

  it('registers before its dialog, which is worth knowing and no problem', async () => {
    const pair = recordedPair({ registration: DCR });
    const [flow] = await runScenario(DIALOG_WAITS, VS_CODE, pair, { outcome: 'failed' });
    expect(flow?.found).toEqual(['registered-never-authorized']);
    expect(flow?.findings[0]).toMatchObject({ severity: 'notice', who: 'user' });
    const waiting = await runScenario(DIALOG_WAITS, VS_CODE, recordedPair(), { outcome: undefined });
    expect(waiting[0]?.findings).toEqual([]);
  });
});
