/** A body we do not read. Each door says it in its own dialect. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: 400 | 408 | 413 | 415;
  readonly detail: string;

  constructor(status: 400 | 408 | 413 | 415, detail: string) {
    super(detail);
    this.status = status;
    this.detail = detail;
  }
}
