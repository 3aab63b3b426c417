import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type House, openHouse, Person } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
let other: House;
beforeAll(async () => {
  house = await openHouse();
  other = await openHouse({ beside: house });
});
afterAll(async () => {
  await other.close({ owed: 'anything' });
  await house.close({ owed: 'anything' });
});

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A stream as a test reads it: what came, and how it ended. */
interface Heard {
  got: Record<string, Wire>[];
  ended: Promise<void>;
  errors: unknown[];
}
type Listen = (who: Person, at: House, query: string, variables?: Record<string, unknown>) => Heard;

const overSocket: Listen = (who, at, query, variables) => {
  const client = createSocketClient({
    url: `${at.origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { Authorization: `Bearer ${who.token}` },
  });
  open.push(() => client.dispose());
  return heard(sink => client.subscribe({ query, ...(variables && { variables }) }, sink));
};

const overEvents: Listen = (who, at, query, variables) => {
  const client = createEventClient({
    url: `${at.origin}/graphql`,
    retryAttempts: 0,
    headers: { authorization: `Bearer ${who.token}` },
  });
  open.push(() => client.dispose());
  return heard(sink => client.subscribe({ query, ...(variables && { variables }) }, sink));
};

function heard(
  subscribe: (sink: {
    next: (result: Wire) => void;
    error: (fault: unknown) => void;
    complete: () => void;
  }) => void,
): Heard {
  const got: Record<string, Wire>[] = [];
  const errors: unknown[] = [];
  const ended = new Promise<void>(resolve =>
    subscribe({
      next: result => {
        if (result.errors) errors.push(...result.errors);
        else got.push(result.data);
      },
      error: fault => {
        errors.push(fault);
        resolve();
      },
      complete: resolve,
    }),
  );
  return { got, ended, errors };
}

/** Does something again and again until it is heard: a stream says not when it is open. */
async function until(isSo: () => boolean, meanwhile: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + 15_000; !isSo();) {
    if (Date.now() > deadline) throw new Error('It was not heard.');
    await meanwhile();
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const facts = ({ id, tenantId, tokenId, token }: Person) => ({ id, tenantId, tokenId, token });

let names = 0;
const rename = (id: string) =>
  house.owner.does('memberUpdate', { id, familyName: `Name${++names}` }, 'member { id }');

describe.each([
  ['over WebSocket', overSocket],
  ['as server-sent events', overEvents],
])('%s', (_, listen) => {
  test('a change made in another server process is heard, as the member is now', async () => {
    const { id } = await house.made({ name: 'Hanna Heard' });
    const { got } = listen(
      house.auditor,
      other,
      'subscription { memberChanged { id displayName role { name } } }',
    );
    const ofHanna = () => got.map(data => data['memberChanged']).find(member => member.id === id);
    await until(
      () => ofHanna() !== undefined,
      () => rename(id),
    );
    expect(ofHanna()).toMatchObject({
      displayName: expect.stringMatching(/^Hanna Name/),
      role: { name: 'Member' },
    });
  });

  test('only what meets the filter is told', async () => {
    const [wanted, unwanted] = [
      await house.made({ name: 'Wilma Wanted' }),
      await house.made({ name: 'Ulf Unwanted' }),
    ];
    const { got } = listen(
      house.owner,
      house,
      'subscription ($filter: MemberFilter) { memberChanged(filter: $filter) { id } }',
      { filter: { userName: { startsWith: 'wilma' } } },
    );
    await until(
      () => got.length > 1,
      async () => {
        await rename(unwanted.id);
        await rename(wanted.id);
      },
    );
    expect(new Set(got.map(data => data['memberChanged'].id))).toEqual(new Set([wanted.id]));
  });

  test('each audit entry is told once, with its actor', async () => {
    const { id } = await house.made({ name: 'Ed Entry' });
    const { got } = listen(
      house.auditor,
      other,
      'subscription ($filter: AuditFilter) { auditEntryAdded(filter: $filter) { id action subjectName actor { ... on Member { displayName } } } }',
      { filter: { subjectId: [id] } },
    );
    await until(
      () => got.length > 3,
      () => rename(id),
    );
    expect(got[0]!['auditEntryAdded']).toMatchObject({
      action: 'member.updated',
      actor: { displayName: 'Olivia Owner' },
    });
    const ids = got.map(data => data['auditEntryAdded'].id as string);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('entries are told within the span of time that was asked for, at both ends', async () => {
    const { id } = await house.made({ name: 'Tom Timely' });
    const query =
      'subscription ($filter: AuditFilter) { auditEntryAdded(filter: $filter) { id at } }';
    const within = (at: Record<string, string>) =>
      listen(house.auditor, house, query, { filter: { subjectId: [id], at } });
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const [before, after] = [within({ lt: '2020-01-01T00:00:00Z' }), within({ gte: soon })];
    const around = within({ gte: '2020-01-01T00:00:00Z', lt: soon });
    await until(
      () => around.got.length > 3,
      () => rename(id),
    );
    expect([before.got, after.got, before.errors, after.errors]).toEqual([[], [], [], []]);
  });

  test('nothing of another tenant is told', async () => {
    const mine = listen(house.owner, house, 'subscription { auditEntryAdded { id subjectName } }');
    const theirs = listen(
      house.stranger,
      house,
      'subscription { auditEntryAdded { id subjectName } }',
    );
    const { id } = await house.made({ name: 'Tina Tenant' });
    await until(
      () => mine.got.length > 2,
      () => rename(id),
    );
    expect(theirs.got).toEqual([]);
  });

  test('a stream ends with the token that opened it', async () => {
    const person = await house.person({ role: 'auditor' });
    const { got, ended } = listen(person, other, 'subscription { memberChanged { id } }');
    const { id } = await house.made({ name: 'Rita Revoked' });
    await until(
      () => got.length > 0,
      () => rename(id),
    );
    await house.owner.does('tokenRevoke', { id: person.tokenId }, 'token { id }');
    await ended;
    const before = got.length;
    await rename(id);
    expect(got.length).toBe(before);
  });

  test('the inspector shows each exchange of a provider as it happens', async () => {
    const provider = await house.provider({ name: `Live ${++names}` });
    const { got } = listen(
      house.owner,
      other,
      'subscription ($id: ID!, $filter: ScimRequestFilter) { scimRequestSeen(identityProviderId: $id, filter: $filter) { method path status identityProvider { id } } }',
      { id: provider.id, filter: { method: ['GET'] } },
    );
    await until(
      () => got.length > 0,
      () => provider.scim('GET', '/Users?filter=userName%20eq%20%22nobody%22'),
    );
    expect(got[0]!['scimRequestSeen']).toMatchObject({
      method: 'GET',
      status: 200,
      identityProvider: { id: provider.id },
    });
    const theirs = listen(
      house.stranger,
      other,
      'subscription ($id: ID!) { scimRequestSeen(identityProviderId: $id) { id } }',
      { id: provider.id },
    );
    await Promise.race([
      theirs.ended,
      until(
        () => theirs.errors.length > 0,
        async () => {},
      ),
    ]);
    expect(JSON.stringify(theirs.errors)).toContain('No such identity provider');
  });

  describe('where both turns of the tenant are taken', () => {
    let crowded: House;
    beforeAll(async () => {
      // Four connections: two turns for a tenant. One piece of work may wait.
      crowded = await openHouse({ beside: house, environment: { MAX_WAITING_REQUESTS: '4' } });
    });
    afterAll(() => crowded.close({ owed: 'anything' }));

    const QUERY = 'subscription { memberChanged { id } }';
    const slow = () => crowded.owner.graphql('{ tenant { roleMappings { id } } }');
    const blocked = async () =>
      (await house.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")).length;

    /** Two requests of the tenant stand still until the lock is given back. */
    async function takeBothTurns(lock: pg.Client): Promise<Promise<unknown>[]> {
      await lock.query('begin; lock table role_mappings in access exclusive mode');
      const requests = [slow(), slow()];
      while ((await blocked()) < requests.length);
      return requests;
    }

    test('an event waits for the turn of its tenant, and arrives afterwards', async () => {
      const { id } = await house.made({ name: 'Petra Patient' });
      const waiting = listen(house.owner, crowded, QUERY);
      const elsewhere = listen(house.owner, house, QUERY);
      await until(
        () => waiting.got.length > 0 && elsewhere.got.length > 0,
        () => rename(id),
      );
      const lock = await house.connect();
      try {
        const requests = await takeBothTurns(lock);
        const [heardThere, heardHere] = [elsewhere.got.length, waiting.got.length];
        await until(
          () => elsewhere.got.length > heardThere + 3,
          () => rename(id),
        );
        expect(waiting.got.length).toBe(heardHere);
        await lock.query('rollback');
        await Promise.all(requests);
        await until(
          () => waiting.got.length > heardHere,
          async () => {},
        );
        expect(waiting.errors).toEqual([]);
      } finally {
        await lock.end();
      }
    });

    test('a stream ends with RATE_LIMITED when too much of its tenant waits already', async () => {
      const { id } = await house.made({ name: 'Tanja Toomuch' });
      const streams = [listen(house.owner, crowded, QUERY), listen(house.owner, crowded, QUERY)];
      await until(
        () => streams.every(({ got }) => got.length > 0),
        () => rename(id),
      );
      const lock = await house.connect();
      try {
        const requests = await takeBothTurns(lock);
        await until(
          () => streams.some(({ errors }) => errors.length > 0),
          () => rename(id),
        );
        const refused = streams.filter(({ errors }) => errors.length > 0);
        await refused[0]!.ended;
        expect(refused.map(({ errors }) => errors)).toMatchObject([
          [{ extensions: { code: 'RATE_LIMITED' } }],
        ]);
        const opened = listen(house.owner, crowded, QUERY);
        await opened.ended;
        expect(opened.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
        await lock.query('rollback');
        await Promise.all(requests);
      } finally {
        await lock.end();
      }
    });
  });

  test('who may not know is told why', async () => {
    const { errors, ended } = listen(
      house.member,
      house,
      'subscription { auditEntryAdded { id } }',
    );
    await Promise.race([
      ended,
      until(
        () => errors.length > 0,
        async () => {},
      ),
    ]);
    expect(JSON.stringify(errors)).toContain('AUDIT_READ');
  });

  test('nobody is let in without a credential', async () => {
    const nobody = new Person(house.origin, {
      ...facts(house.owner),
      token: 'muster_pat_nonsense',
    });
    const { errors, ended } = listen(nobody, house, 'subscription { memberChanged { id } }');
    await ended;
    expect(errors.length).toBe(1);
  });

  test('streams carry subscriptions only, within the same limits', async () => {
    const query = listen(house.owner, house, '{ viewer { permissions } }');
    await query.ended;
    expect(JSON.stringify(query.errors)).toContain('BAD_REQUEST');
    const mistake = listen(house.owner, house, 'subscription { memberChangd { id } }');
    await mistake.ended;
    expect(JSON.stringify(mistake.errors)).not.toContain('Did you mean');
  });
});
