import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionOf } from '../../src/platform/index.ts';
import { type House, openHouse, type Provider } from '../support/people.ts';

/**
 * PostgreSQL says that a disk is full with a code; here its own trigger says it, in the middle of a
 * change.
 */
let house: House;
let provider: Provider;
let owner: pg.Client;

beforeAll(async () => {
  house = await openHouse();
  provider = await house.provider();
  owner = new pg.Client(connectionOf(house.databaseUrl) as pg.ClientConfig);
  await owner.connect();
  await owner.query(
    `create function no_room() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = tg_argv[0]; end $$`,
  );
});
afterAll(async () => {
  await owner.end();
  await house.close({ owed: 'anything' });
});

const rows = async (): Promise<unknown[]> =>
  (
    await owner.query(
      'select (select count(*) from members) as members, (select count(*) from teams) as teams, (select count(*) from audit_entries) as entries',
    )
  ).rows;

test.each(['53100', '53200', '53400', '58030'])(
  'a full disk (%s) is a 503 with a time at every door, leaves nothing half done, and is over by itself',
  async code => {
    const before = await rows();
    await owner.query(
      `create trigger no_room before insert on audit_entries for each row execute function no_room('${code}')`,
    );
    const user = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: `full-${code}@northwind.example`,
    };
    const scim = await provider.scim('POST', '/Users', user);
    expect([scim.status, scim.body.status]).toEqual([503, '503']);
    expect(Number(scim.headers.get('retry-after'))).toBeGreaterThan(0);
    const graphql = await house.owner.graphql(
      'mutation ($name: String!) { teamCreate(input: { name: $name }) { team { id } userErrors { code } } }',
      { name: `Full ${code}` },
    );
    expect([graphql.status, graphql.errors?.[0]?.extensions.code]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
    ]);
    expect(Number(graphql.headers.get('retry-after'))).toBeGreaterThan(0);
    const rest = await house.owner.fetch(`/iam/identity_providers/${provider.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"scim_integration":false}',
    });
    expect(rest.status).toBe(503);
    expect(Number(rest.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await rows()).toEqual(before);

    await owner.query('drop trigger no_room on audit_entries');
    expect((await provider.scim('POST', '/Users', user)).status).toBe(201);
  },
);
