import { createServer, request as send, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BodyError, readBody, type BodyRules } from '../../../src/platform/http/index.ts';

let rules: BodyRules;
const server = createServer((request, response) => {
  void readBody(request, rules).then(
    body => response.end(JSON.stringify({ body })),
    (fault: unknown) => {
      response.statusCode = fault instanceof BodyError ? fault.status : 500;
      response.setHeader('connection', 'close');
      response.end(JSON.stringify({ detail: (fault as Error).message }));
    },
  );
});

beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
afterAll(
  () =>
    new Promise(resolve => {
      server.close(resolve);
      server.closeAllConnections();
    }),
);

const JSON_TYPES = ['application/json', 'application/scim+json'];

async function post(
  body: string | Buffer,
  headers: Record<string, string> = {},
  asked: Partial<BodyRules> = {},
): Promise<[number, unknown]> {
  rules = { types: JSON_TYPES, maxBytes: 10_000, ...asked };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    send(
      {
        port: (server.address() as AddressInfo).port,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      resolve,
    )
      .once('error', reject)
      .end(body);
  });
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  const said = JSON.parse(text) as { body?: unknown; detail?: string };
  return [answer.statusCode!, said.detail ?? said.body];
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('is read', () => {
  test.each<[string, string | Buffer, Record<string, string>, unknown]>([
    ['as JSON', '{"a":[1]}', {}, { a: [1] }],
    [
      'under any media type of the door, with its parameters',
      '1',
      { 'content-type': 'Application/SCIM+json; charset="UTF-8"; v=2' },
      1,
    ],
    ['with a byte order mark', '\ufeff{}', {}, {}],
    ['inflated', gzipSync('{"a":1}'), { 'content-encoding': 'gzip' }, { a: 1 }],
    ['as deep as allowed', nested(64), {}, JSON.parse(nested(64))],
    [
      'with brackets and quotes in strings',
      JSON.stringify({ a: '[{"\\'.repeat(200) }),
      {},
      { a: '[{"\\'.repeat(200) },
    ],
    ['with an escaped backslash before u0000', '"\\\\u0000"', {}, '\\u0000'],
  ])('%s', async (_, body, headers, expected) => {
    expect(await post(body, headers)).toEqual([200, expected]);
  });

  test('as a form, its fields or the JSON in it', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post('a=1&b=%C3%A4+b', form, { form: 'fields' })).toEqual([
      200,
      { a: '1', b: 'ä b' },
    ]);
    expect(await post('{"Operations":[]}', form, { form: 'json' })).toEqual([
      200,
      { Operations: [] },
    ]);
    expect(await post('a=1', form)).toEqual([
      415,
      'The body must be application/json or application/scim+json.',
    ]);
    expect(await post('a=1&a=2', form, { form: 'fields' })).toEqual([
      400,
      'A form field appears twice.',
    ]);
    expect(await post('a=%00', form, { form: 'fields' })).toEqual([
      400,
      'The body contains a NUL character.',
    ]);
  });

  test('as what the door says when it is empty', async () => {
    expect(await post('', {}, { whenEmpty: {} })).toEqual([200, {}]);
    expect(await post(' \n')).toEqual([400, 'The body is empty.']);
  });
});

describe('is refused', () => {
  test.each<[string, string | Buffer, Record<string, string>, number, RegExp]>([
    ['another media type', '{}', { 'content-type': 'text/plain' }, 415, /must be/],
    ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, /utf-8/],
    ['another encoding', '{}', { 'content-encoding': 'br' }, 415, /gzip/],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 400, /UTF-8/],
    ['a NUL', '"\0"', {}, 400, /NUL/],
    ['an escaped NUL', '{"a":"x\\u0000"}', {}, 400, /NUL/],
    ['broken JSON', '{"a":', {}, 400, /not valid JSON/],
    ['too many bytes', JSON.stringify('x'.repeat(10_000)), {}, 413, /larger than 10000/],
    [
      'too many bytes without a length',
      JSON.stringify('x'.repeat(10_000)),
      { 'transfer-encoding': 'chunked' },
      413,
      /larger than 10000/,
    ],
    [
      'too many bytes in a small archive',
      gzipSync(JSON.stringify('x'.repeat(5_000_000))),
      { 'content-encoding': 'gzip' },
      413,
      /larger than 10000/,
    ],
    ['a broken archive', 'not gzip', { 'content-encoding': 'gzip' }, 400, /to its end/],
    ['too deep', nested(65), {}, 400, /deeper than 64/],
    ['far too deep', '['.repeat(9_000), {}, 400, /deeper than 64/],
  ])('%s', async (_, body, headers, status, detail) => {
    expect(await post(body, headers)).toEqual([status, expect.stringMatching(detail)]);
  });

  test('one without a media type', async () => {
    rules = { types: JSON_TYPES };
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      body: new Uint8Array([0x7b, 0x7d]),
    });
    expect(answer.status).toBe(415);
  });

  test('one that does not arrive in time, with an answer', async () => {
    rules = { types: JSON_TYPES, timeoutMs: 50 };
    const { port } = server.address() as AddressInfo;
    const status = await new Promise(resolve => {
      const slow = send(
        {
          port,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': '10' },
        },
        answer => resolve(answer.statusCode),
      );
      slow.once('error', resolve);
      slow.write('{');
    });
    expect(status).toBe(408);
  });
});
