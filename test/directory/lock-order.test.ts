import { beforeAll, expect, test } from 'vitest';
import { type Company, stage } from '../support/company.ts';
import { furnish, type Things } from './tenant-things.ts';
import { verbs } from './tenant-verbs.ts';

const here = stage();
let company: Company;
let own: Things;
beforeAll(async () => {
  company = await here.company();
  own = await furnish(here.store, company.system);
});

const LOCK = /advisory_xact_lock\w*\(hashtextextended\(id, kind\)\)/;
const ROWS = /for (no key )?update|for key share|^\s*(insert into|update|delete from)/;

/** What a verb sends when it is planned, so that nothing comes of it, refused or not. */
async function sentBy(work: () => unknown): Promise<string[]> {
  const { system, entra } = company;
  here.statements.length = 0;
  await system.plan(() => entra.plan(async () => work())).catch(() => {});
  return [...here.statements];
}

const locking = new Set<string>();
test.each(verbs.flatMap(([name, things, ask]) => things.map(thing => ({ name, thing, ask }))))(
  '$name with the id of a $thing locks switches and the rulebook before rows, and none too late',
  async ({ name, thing, ask }) => {
    const { system, entra } = company;
    const sent = await sentBy(() => ask({ system, entra, own }, own[thing]));
    const rows = sent.findIndex(text => ROWS.test(text));
    expect(sent.filter((text, at) => rows !== -1 && at > rows && LOCK.test(text))).toEqual([]);
    expect(sent.filter(text => text.includes('pg_try_advisory'))).toEqual([]);
    if (sent.some(text => LOCK.test(text))) locking.add(name);
  },
);

const DEPENDING = {
  conflicts: ['resolve'],
  identityProviders: ['remove', 'replace', 'rotate', 'update'],
  members:
    'disable enable invite lockRole remove restore rewrite setLink setRole unlockRole update'.split(
      ' ',
    ),
  roles: ['remove', 'setMappings'],
  teams: ['admit', 'apply', 'create', 'expel', 'provision', 'remove', 'rename'],
  tenants: ['setDefaultRole'],
};

test('every verb that depends on a switch or on the rulebook has taken such a lock', () => {
  const depending = Object.entries(DEPENDING).flatMap(([noun, names]) =>
    names.map(name => `${noun}.${name}`),
  );
  expect([...locking].toSorted()).toEqual(depending.toSorted());
});

test('restored, a member comes back to teams of other providers, and a team with its mapping', async () => {
  const { system, owner, entra } = company;
  const okta = await company.secondProvider();
  const there = await okta.directory.teams.provision({ name: 'Theirs', externalId: 't' }, [], {});
  await system.identityProviders.update(okta.id, { provisioning: 'OFF' });
  await system.teams.admit(there.id, [own.provisioned]);
  const mapped = await owner.teams.create({ name: 'Mapped', memberIds: [own.provisioned] });
  await owner.roles.setMappings([{ teamId: mapped.id, roleId: own.role }]);
  await entra.members.remove(own.provisioned);
  await system.teams.remove(mapped.id);
  for (const work of [
    () => system.members.restore(own.provisioned),
    () => system.teams.restore(mapped.id),
  ]) {
    here.statements.length = 0;
    await work();
    const sent = [...here.statements];
    const rows = sent.findIndex(text => ROWS.test(text));
    expect(sent.filter(text => text.includes('pg_try_advisory'))).toEqual([]);
    expect(sent.slice(0, rows).some(text => LOCK.test(text))).toBe(true);
    expect(sent.slice(rows).filter(text => LOCK.test(text))).toEqual([]);
  }
  expect(await company.inside(there)).toHaveLength(1);
  expect(await system.roles.mappings()).toHaveLength(1);
});
