import type { Person, Wire } from './person.ts';

export interface ScimAnswer {
  status: number;
  headers: Headers;
  body: Wire;
}

/**
 * An identity provider, seen from its own side: the URL and the secret that an admin pasted there.
 */
export class Provider {
  readonly id: string;
  readonly tenantUrl: string;
  secret: string;

  constructor(id: string, tenantUrl: string, secret: string) {
    this.id = id;
    this.tenantUrl = tenantUrl;
    this.secret = secret;
  }

  static async create(by: Person, input: Record<string, unknown>): Promise<Provider> {
    const made = await by.does(
      'identityProviderCreate',
      { name: 'Entra', kind: 'ENTRA_ID', ...input },
      'identityProvider { id } tenantUrl secretToken',
    );
    if (made.userErrors.length > 0)
      throw new Error(made.userErrors.map(({ message }) => message).join(' '));
    return new Provider(
      made['identityProvider'].id as string,
      made['tenantUrl'] as string,
      made['secretToken'] as string,
    );
  }

  async scim(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ScimAnswer> {
    const answer = await fetch(this.tenantUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${this.secret}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
  }

  /** A user as Entra would send it. */
  async user(userName: string, facts: Record<string, unknown> = {}): Promise<string> {
    const { status, body } = await this.scim('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      externalId: `ext-${userName}`,
      active: true,
      emails: [{ value: userName, type: 'work', primary: true }],
      ...facts,
    });
    if (status !== 201) throw new Error(`POST /Users answered ${status}: ${JSON.stringify(body)}`);
    return (body as { id: string }).id;
  }

  async group(displayName: string, memberIds: readonly string[] = []): Promise<string> {
    const { status, body } = await this.scim('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName,
      externalId: `ext-${displayName}`,
      members: memberIds.map(value => ({ value })),
    });
    if (status !== 201) throw new Error(`POST /Groups answered ${status}: ${JSON.stringify(body)}`);
    return (body as { id: string }).id;
  }
}
