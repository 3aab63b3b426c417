/** RFC 7644 table 9; the three about cursors are RFC 9865's. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

/**
 * The Error resource of RFC 7644 section 3.12; its status is text. A type, so that it counts as
 * plain JSON.
 */
export type ErrorBody = { schemas: string[]; status: string; scimType?: ScimType; detail: string };

/**
 * An error of the protocol. The detail is for the administrator of the client: no stack, no SQL, no
 * secret.
 */
export class ScimError extends Error {
  readonly status: number;
  readonly detail: string;
  readonly scimType: ScimType | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    scimType?: ScimType,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'ScimError';
    this.status = status;
    this.detail = detail;
    this.scimType = scimType;
    this.headers = headers;
  }

  body(): ErrorBody {
    return {
      schemas: [ERROR_SCHEMA],
      status: String(this.status),
      ...(this.scimType && { scimType: this.scimType }),
      detail: this.detail,
    };
  }
}

const badRequest = (scimType: ScimType) => (detail: string) => new ScimError(400, detail, scimType);

export const invalidFilter = badRequest('invalidFilter');
export const invalidPath = badRequest('invalidPath');
export const invalidSyntax = badRequest('invalidSyntax');
export const invalidValue = badRequest('invalidValue');
export const noTarget = badRequest('noTarget');
export const mutability = badRequest('mutability');
export const tooLarge = (detail: string) => new ScimError(413, detail);

/** A client's text, cut to a length that fits an error message. */
export const quoted = (text: string) => `'${text.length > 80 ? `${text.slice(0, 80)}...` : text}'`;
