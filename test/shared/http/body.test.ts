import { describe, expect, it } from 'vitest';
import { parseParameters, readForm, readJsonObject, readText } from '../../../src/shared/http/body.js';
import { OAuthError } from '../../../src/shared/oauth/errors.js';

function formRequest(body: string, contentType = 'application/x-www-form-urlencoded'): Request {
  return new Request('http://localhost/', { method: 'POST', body, headers: { 'content-type': contentType } });
}

async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ status: number; reason: string; description: string }> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OAuthError)) throw new Error('was not refused with an OAuthError', { cause: error });
  return { status: error.status, reason: error.reason, description: error.description };
}

describe('the parameters of a request', () => {
  it('count as omitted without a value', async () => {
    const form = await readForm(formRequest('a=&b=1&c'));
    expect([form.get('a'), form.get('b'), form.get('c')]).toEqual([undefined, '1', undefined]);
    expect(form.all('a')).toEqual([]);
  });

  it('are refused if one comes twice, by name, in characters that an error may hold', async () => {
    const refusal = await refusalOf(readForm(formRequest('a=1&a=2&%22%0Ab=1&%22%0Ab=2&ok=1')));
    expect(refusal).toEqual({
      status: 400,
      reason: 'duplicate_parameter',
      description: 'sent more than once: a, ??b',
    });
  });

  it('may repeat where that is their meaning', () => {
    const sent = new URLSearchParams('resource=https://a.example&resource=https://b.example');
    expect(parseParameters(sent, new Set(['resource'])).all('resource')).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
  });

  it('are not confused by names of members that every object has', () => {
    expect(parseParameters(new URLSearchParams('__proto__=x&constructor=y')).get('__proto__')).toBe('x');
    expect(parseParameters(new URLSearchParams('')).get('toString')).toBeUndefined();
  });

  it('are read from a form only, with any parameters of the media type', async () => {
    expect(
      (await readForm(formRequest('a=1', 'Application/X-WWW-Form-Urlencoded; charset=UTF-8'))).get('a'),
    ).toBe('1');
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain']) {
      expect((await refusalOf(readForm(formRequest('a=1', type)))).status).toBe(415);
    }
  });
});

describe('a body', () => {
  it('is not read past the limit, announced or not', async () => {
    expect((await refusalOf(readForm(formRequest(`a=${'x'.repeat(70_000)}`)))).status).toBe(413);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(10_000).fill(97));
      },
    });
    expect((await refusalOf(readText(new Response(endless)))).reason).toBe('body_too_large');
    expect(pulled).toBeLessThan(12);
  });

  it('is not read past the limit if it is compressed, whatever length it has announced', async () => {
    let pulled = 0;
    const inflated = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        if (pulled < 100) controller.enqueue(new Uint8Array(10_000).fill(97));
        else controller.close();
      },
    });
    const headers = { 'content-length': '100', 'content-encoding': 'br' };
    expect((await refusalOf(readText(new Response(inflated, { headers })))).reason).toBe('body_too_large');
    expect(pulled).toBeLessThan(12);
  });

  it.each([undefined, '100'])(
    'that ends early is the fault of its client (length announced: %s)',
    async (length) => {
      const broken = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.error(new Error('aborted')),
      });
      const request = new Request('http://localhost/', {
        method: 'POST',
        body: broken,
        duplex: 'half',
        headers: length === undefined ? {} : { 'content-length': length },
      });
      expect(await refusalOf(readText(request))).toMatchObject({ status: 400, reason: 'body_incomplete' });
    },
  );

  it.each(['[]', 'null', '"text"', '{', ''])(
    'is refused where a JSON object is due and it is %j',
    async (body) => {
      expect(await refusalOf(readJsonObject(formRequest(body, 'application/json')))).toMatchObject({
        status: 400,
        reason: 'not_json',
      });
    },
  );
});
