/** What comes over the wire is what the test says it is. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test asks for a shape, and names it by looking into it
export type Wire = any;

export interface GraphqlAnswer<Data = Record<string, Wire>> {
  status: number;
  headers: Headers;
  data: Data | null;
  errors:
    | {
        message: string;
        path?: (string | number)[];
        extensions: Record<string, unknown> & { code: string };
      }[]
    | undefined;
}

/** Somebody with a credential, and what they can do with it. */
export class Person {
  readonly id: string;
  readonly tenantId: string;
  readonly token: string;
  readonly tokenId: string;
  readonly #origin: string;

  constructor(
    origin: string,
    {
      id,
      tenantId,
      token,
      tokenId,
    }: { id: string; tenantId: string; token: string; tokenId: string },
  ) {
    this.#origin = origin;
    this.id = id;
    this.tenantId = tenantId;
    this.token = token;
    this.tokenId = tokenId;
  }

  /** The same person at another server. */
  at({ origin }: { origin: string }): Person {
    return new Person(origin, this);
  }

  /** The same person with another token. */
  with(token: string, tokenId: string): Person {
    return new Person(this.#origin, { id: this.id, tenantId: this.tenantId, token, tokenId });
  }

  async graphql<Data = Record<string, Wire>>(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<GraphqlAnswer<Data>> {
    const answer = await this.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await answer.json()) as { data?: Data | null; errors?: GraphqlAnswer['errors'] };
    return {
      status: answer.status,
      headers: answer.headers,
      data: body.data ?? null,
      errors: body.errors,
    };
  }

  /** The data of an answer that has no errors. */
  async ask<Data = Record<string, Wire>>(
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<Data> {
    const { data, errors } = await this.graphql<Data>(query, variables);
    if (errors) throw new Error(`The answer has errors: ${JSON.stringify(errors)}`);
    return data as Data;
  }

  /** One mutation and its payload: `does('memberDisable', { id }, 'member { state }')`. */
  async does<Payload = Record<string, Wire>>(
    mutation: string,
    input: Record<string, unknown>,
    fields = '',
  ): Promise<Payload & { userErrors: UserErrorAnswer[] }> {
    const type = `${mutation === 'membersSendActivation' ? 'MembersAct' : (inputs[mutation] ?? mutation[0]!.toUpperCase() + mutation.slice(1))}Input`;
    const data = await this.ask(
      `mutation ($input: ${type}!) { done: ${mutation}(input: $input) { ${fields} ${ERRORS} } }`,
      { input },
    );
    return data['done'] as Payload & { userErrors: UserErrorAnswer[] };
  }

  fetch(
    path: string,
    { headers, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return fetch(this.#origin + path, {
      ...init,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
    });
  }
}

export interface UserErrorAnswer {
  __typename: string;
  code: string;
  message: string;
  field: string[] | null;
  owner?: { id: string; name: string };
  readOnlyFields?: string[];
  holder?: { id: string } | null;
  case?: { id: string } | null;
}

const ERRORS =
  'userErrors { __typename code message field ... on ReadOnlyError { owner { id name } readOnlyFields } ... on ConflictError { holder { id } case { id } } }';

/** Mutations whose input is shared with others. */
const inputs: Record<string, string> = {
  memberDisable: 'MemberAct',
  memberEnable: 'MemberAct',
  memberDelete: 'MemberAct',
  memberRestore: 'MemberAct',
  memberUnlockRole: 'MemberAct',
  teamDelete: 'TeamAct',
  teamRestore: 'TeamAct',
  teamAddMembers: 'TeamMembers',
  teamRemoveMembers: 'TeamMembers',
  tokenRevoke: 'TokenAct',
  identityProviderRotateCredential: 'IdentityProviderRotate',
  identityProviderReplaceCredential: 'IdentityProviderAct',
};
