import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RequestHandler } from './request.ts';

/** Below this the header costs more than is saved. */
const SMALLEST = 1_024;
const TEXTS = /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|javascript|xml)\b)/;
/** The prefix of every secret of ours. */
const SECRET = 'muster_';

const encoders = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 4,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 6 }),
};

/**
 * Compresses answers with br or gzip. Left out are streams, short or already compressed bodies, and
 * answers that show a secret: the length of a compressed answer tells how much of it was guessed
 * right (BREACH).
 */
export function compressAnswers(): RequestHandler {
  return async (ctx, next) => {
    await next();
    const { body } = ctx;
    if (ctx.respond === false || body === null || body === undefined) return;
    if (!TEXTS.test(ctx.response.type || (typeof body === 'object' ? 'application/json' : '')))
      return;
    ctx.vary('Accept-Encoding');
    if (ctx.response.get('Content-Encoding') || ctx.method === 'HEAD') return;
    const bytes = bytesOf(body);
    if (!bytes || bytes.length < SMALLEST) return;
    const wanted = ctx.acceptsEncodings('br', 'gzip', 'identity');
    if (wanted !== 'br' && wanted !== 'gzip') return;
    if (bytes.includes(SECRET)) return;
    const type = ctx.response.get('Content-Type') || 'application/json; charset=utf-8';
    ctx.body = await encoders[wanted](bytes);
    ctx.set({ 'Content-Type': type, 'Content-Encoding': wanted });
  };
}

function bytesOf(body: unknown): Buffer | null {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  const isData =
    typeof body === 'object' &&
    body !== null &&
    !(body instanceof Blob) &&
    !(body instanceof ReadableStream) &&
    !(body instanceof Response) &&
    !('pipe' in body);
  return isData ? Buffer.from(JSON.stringify(body)) : null;
}
