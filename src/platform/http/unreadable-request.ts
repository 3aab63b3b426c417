import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what is not a request at all, before any door: with the status it deserves, and nothing that says who we are. */
export function refuseUnreadable(http: Server): void {
  http.on('clientError', (fault: NodeJS.ErrnoException, socket: Socket) => {
    const answering = socket.bytesWritten > 0; // perhaps an answer has begun, which cannot be taken back
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
