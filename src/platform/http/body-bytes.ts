import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BodyError } from './body-error.ts';

/**
 * Reads the body, inflated when it is gzip, up to the limit: a small archive may hold a huge text.
 * A refused body is left unread instead of destroying the connection, on which the refusal is still
 * to be sent.
 */
export function readBytes(
  request: IncomingMessage,
  maxBytes: number,
  timeoutMs: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const source = inflated(request);
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (error: BodyError) => {
      clearTimeout(slow);
      source.removeAllListeners('data');
      source.pause();
      reject(error);
    };
    const slow = setTimeout(
      () => refuse(new BodyError(408, 'The body did not arrive in time.')),
      timeoutMs,
    );
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) return refuse(tooLarge(maxBytes));
      chunks.push(chunk);
    });
    source.once('end', () => {
      clearTimeout(slow);
      resolve(Buffer.concat(chunks, size));
    });
    const broken = () => refuse(new BodyError(400, 'The body could not be read to its end.'));
    source.once('error', broken);
    request.once('close', () => {
      if (!request.complete) broken();
    });
  });
}

function inflated(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip')
    throw new BodyError(415, 'The content encoding must be gzip or identity.');
  const inflating = createGunzip();
  request.pipe(inflating);
  return inflating;
}

function tooLarge(maxBytes: number): BodyError {
  return new BodyError(413, `The body is larger than ${maxBytes} bytes.`);
}
