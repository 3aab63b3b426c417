import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toClientError } from '../../src/graphql/errors.ts';
import { type House, openHouse } from '../support/people.ts';

let house: House;
beforeAll(async () => {
  // Compared with execution, a plan that fails would fail the request.
  house = await openHouse({ plans: 'on' });
});
afterAll(() => house.close({ owed: 'anything' }));

async function asOwnerOfTheTables(statement: string): Promise<void> {
  const client = new pg.Client(house.databaseUrl);
  await client.connect();
  await client.query(statement);
  await client.end();
}

describe('what goes wrong', () => {
  test('a fault is told without detail', async () => {
    await asOwnerOfTheTables('alter table role_mappings rename to elsewhere');
    try {
      const { status, data, errors } = await house.owner.graphql(
        '{ tenant { name roleMappings { id } } }',
      );
      expect({ status, data }).toEqual({ status: 200, data: { tenant: null } });
      expect(errors).toEqual([
        {
          message: 'Something went wrong here.',
          locations: [expect.anything()],
          path: ['tenant', 'roleMappings'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ]);
    } finally {
      await asOwnerOfTheTables('alter table elsewhere rename to role_mappings');
    }
  });

  test('a fault of a mutation leaves nothing behind', async () => {
    await asOwnerOfTheTables('alter table audit_entries rename to elsewhere');
    try {
      const { errors } = await house.owner.graphql(
        'mutation { teamCreate(input: { name: "Half" }) { team { id } userErrors { code } } }',
      );
      expect(errors).toMatchObject([
        { message: 'Something went wrong here.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ]);
    } finally {
      await asOwnerOfTheTables('alter table elsewhere rename to audit_entries');
    }
    expect(await house.owner.ask('{ team(name: "Half") { id } }')).toEqual({ team: null });
  });

  test('a read that is refused says why, in one stable code', async () => {
    const { errors } = await house.member.graphql('{ tenant { auditLog { nodes { id } } } }');
    expect(errors).toMatchObject([
      { message: 'This needs the permission AUDIT_READ.', extensions: { code: 'FORBIDDEN' } },
    ]);
    const mistaken = await house.owner.graphql('{ member(id: "a", userName: "b") { id } }');
    expect(mistaken.errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', argument: 'userName' } },
    ]);
  });

  test('an error never holds a stack, whatever was thrown', () => {
    const answer = toClientError(
      {
        message: 'duplicate key value violates "members_pkey"',
        extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: ['at secret.ts'] },
      },
      new Error('secret'),
      { isOutage: () => false },
    );
    expect(JSON.stringify(answer)).not.toMatch(/secret|members_pkey/);
  });

  test.each([
    ['no JSON', '{"query": "{ viewer', 'application/json', 400],
    ['another type', 'query=x', 'application/x-www-form-urlencoded', 415],
    ['nothing', '', 'application/json', 400],
    ['too much', JSON.stringify({ query: `# ${'x'.repeat(1_100_000)}` }), 'application/json', 413],
  ])('a body with %s is told so as a GraphQL error', async (_, body, type, status) => {
    const answer = await house.owner.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  test('an entry of the log carries the id of the request that made it', async () => {
    const requestId = 'request-of-a-test-1';
    await house.owner.graphql(
      'mutation { teamCreate(input: { name: "Traced" }) { team { id } } }',
      {},
      { 'x-request-id': requestId },
    );
    const { tenant } = await house.owner.ask(
      'query ($id: String!) { tenant { auditLog(filter: { requestId: $id }) { nodes { action requestId correlationId } } } }',
      { id: requestId },
    );
    expect(tenant.auditLog.nodes).toEqual([
      { action: 'team.created', requestId, correlationId: expect.stringMatching(/^[\w-]{36}$/) },
    ]);
  });
});

test.each(['application/json', 'application/graphql-response+json'])(
  'while the database is away the answer is 503 in %s, and says when to come again',
  async accept => {
    const lonely = await openHouse({ beside: house });
    await lonely.database.pool.end();
    const { status, headers, errors } = await lonely.owner.graphql(
      '{ viewer { permissions } }',
      {},
      { accept },
    );
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    lonely.database.close = async () => {};
    await lonely.close({ owed: 'anything' });
  },
);
