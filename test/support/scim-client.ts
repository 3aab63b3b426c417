export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const GRP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const PUBLIC_URL = 'https://directory.example';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into freely
export type Body = any;
export interface ScimAnswer {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

/** Whoever holds a token, at one provider's URL. */
export class ScimClient {
  readonly base: string;
  readonly token: string;
  /** What the service calls the same place. */
  readonly publicBase: string;
  readonly #origin: string;

  constructor(origin: string, providerId: string, token: string) {
    this.#origin = origin;
    this.base = `${origin}/scim/v2/${providerId}`;
    this.publicBase = `${PUBLIC_URL}/scim/v2/${providerId}`;
    this.token = token;
  }

  as(token: string, providerId = this.base.split('/').at(-1) as string): ScimClient {
    return new ScimClient(this.#origin, providerId, token);
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ScimAnswer> {
    const answer = await fetch(this.base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const said = {
      status: answer.status,
      text,
      body: text === '' ? null : (JSON.parse(text) as Body),
    };
    // Not compared, and never printed when something else differs.
    return Object.defineProperty(said, 'headers', { value: answer.headers }) as ScimAnswer;
  }

  get(path: string, headers?: Record<string, string>) {
    return this.send('GET', path, undefined, headers);
  }
  post(path: string, body: unknown, headers?: Record<string, string>) {
    return this.send('POST', path, body, headers);
  }
  put(path: string, body: unknown, headers?: Record<string, string>) {
    return this.send('PUT', path, body, headers);
  }
  delete(path: string, headers?: Record<string, string>) {
    return this.send('DELETE', path, undefined, headers);
  }
  patch(path: string, operations: unknown, headers?: Record<string, string>) {
    return this.send('PATCH', path, { schemas: [PATCH_OP], Operations: operations }, headers);
  }
  find(resource: string, filter: string, more = '') {
    return this.get(`/${resource}?filter=${encodeURIComponent(filter)}${more}`);
  }

  /** A User that is there afterwards. */
  async user(userName: string, facts: Record<string, unknown> = {}): Promise<Body> {
    const { status, body, text } = await this.post('/Users', {
      schemas: [CORE],
      userName,
      active: true,
      ...facts,
    });
    if (status !== 201) throw new Error(`POST /Users answered ${status}: ${text}`);
    return body;
  }

  async group(
    displayName: string,
    memberIds: readonly string[] = [],
    facts: Record<string, unknown> = {},
  ): Promise<Body> {
    const { status, body, text } = await this.post('/Groups', {
      schemas: [GRP],
      displayName,
      members: memberIds.map(value => ({ value })),
      ...facts,
    });
    if (status !== 201) throw new Error(`POST /Groups answered ${status}: ${text}`);
    return body;
  }
}
