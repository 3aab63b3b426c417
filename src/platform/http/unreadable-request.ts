import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Answers bytes that are no HTTP request, before any door, with the right status and nothing that
 * identifies the service.
 */
export function refuseUnreadable(http: Server): void {
  http.on('clientError', (fault: NodeJS.ErrnoException, socket: Socket) => {
    // an answer that has begun cannot be taken back
    const answering = socket.bytesWritten > 0;
    if (fault.code === 'ECONNRESET' || !socket.writable || answering) {
      socket.destroy();
      return;
    }
    const status = STATUS[fault.code ?? ''] ?? '400 Bad Request';
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 0\r\n\r\n`,
      () => socket.destroy(),
    );
  });
}
