import { describe, expect, test } from 'vitest';
import type { Directory } from '../../src/directory/index.ts';
import { Refusal } from '../../src/directory/index.ts';
import { answerOf, keptForm } from '../../src/directory/idempotency/kept-form.ts';
import { IdentityProviderSchema } from '../../src/directory/identity-providers/identity-provider.ts';
import { RoleSchema } from '../../src/directory/roles/role.ts';
import { MembershipSchema } from '../../src/directory/teams/membership.ts';
import { TenantSchema } from '../../src/directory/tenants/tenant.ts';
import { stage } from '../support/company.ts';

const here = stage();

const roleNames = async (directory: Directory) =>
  (await directory.roles.all()).map(({ name }) => name);

/** Makes a role as an entity and says so. */
const make = ({ em, tenantId, record }: Bound, name: string) => {
  const role = em.create(RoleSchema, { tenantId, name, rank: 9 }, { partial: true });
  record({ action: 'role.created', subject: { type: 'Role', id: role.id, name } });
  return role;
};
type Bound = Pick<Directory, 'em' | 'tenantId' | 'record'>;
const bound = (directory: Directory): Bound => ({
  em: directory.em,
  tenantId: directory.tenantId,
  record: entry => directory.record(entry),
});

describe('entities in a change', () => {
  test('are written with its rows, its entries and its messages', async () => {
    const { owner } = await here.company();
    const { id } = await owner.change(async () => {
      const role = make(bound(owner), 'As an entity');
      await owner.em.flush();
      expect(role).toMatchObject({ nameKey: 'as an entity', version: 1, builtIn: null });
      return role;
    });
    expect(await owner.roles.get(id)).toMatchObject({ name: 'As an entity', rank: 9 });
  });

  test('leave neither a row nor an entity behind when it is refused', async () => {
    const { owner } = await here.company();
    const refused = owner.change(async () => {
      make(bound(owner), 'Flushed and refused');
      await owner.em.flush();
      make(bound(owner), 'Never flushed');
      const admin = await owner.em.findOneOrFail(RoleSchema, { builtIn: 'admin' });
      admin.name = 'Renamed and refused';
      throw new Refusal('invalid', 'No.');
    });
    await expect(refused).rejects.toThrow('No.');
    const plan = await owner.plan(async () => void make(bound(owner), 'Planned'));
    expect(plan.entries).toMatchObject([{ action: 'role.created', delta: { op: 'i' } }]);
    // The next change of the same session begins with what the database holds.
    await owner.change(async () => {
      await owner.em.findOneOrFail(RoleSchema, { builtIn: 'admin' });
    });
    expect(await roleNames(owner)).toEqual(['Owner', 'Admin', 'Auditor', 'Member']);
  });

  test('of another tenant are not found, by id, by tenant or without the filter', async () => {
    const [one, other] = [await here.company(), await here.company()];
    const [theirs] = await other.owner.roles.all();
    const { id, tenantId } = theirs!;
    await one.owner.change(async () => {
      const { em } = one.owner;
      expect(await em.findOne(RoleSchema, { id })).toBeNull();
      expect(await em.findOne(RoleSchema, { id, tenantId })).toBeNull();
      expect(await em.findOne(RoleSchema, { id }, { filters: false })).toBeNull();
      expect(await em.findOne(TenantSchema, { id: tenantId })).toBeNull();
      expect(await em.find(RoleSchema, {})).toHaveLength(4);
    });
    const stolen = one.owner.change(async () => {
      make({ ...bound(one.owner), tenantId }, 'Elsewhere');
    });
    await expect(stolen).rejects.toThrow(/row-level security/);
  });

  test('are told column by column by the entry about the same object, whichever came first', async () => {
    const { owner } = await here.company();
    const { provider } = await owner.identityProviders.create({ name: 'Entra', kind: 'ENTRA_ID' });
    for (const [strict, isFlushedFirst] of [
      [true, true],
      [false, false],
    ] as const) {
      await owner.change(async () => {
        const entity = await owner.em.findOneOrFail(IdentityProviderSchema, { id: provider.id });
        entity.strict = strict;
        entity.features = { acceptGroups: strict, invitations: 'NEVER' };
        if (isFlushedFirst) await owner.em.flush();
        owner.record({
          action: 'identityProvider.updated',
          subject: { type: 'IdentityProvider', id: provider.id, name: provider.name },
        });
      });
      const [entry] = await owner
        .rows('audit_entries')
        .select('delta')
        .where('subject_id', '=', provider.id)
        .orderBy('id', 'desc')
        .limit(1)
        .execute();
      expect(entry?.delta).toMatchObject({
        t: 'identity_providers',
        op: 'u',
        c: { strict: [!strict, strict], features: [expect.anything(), { acceptGroups: strict }] },
      });
    }
    expect((await owner.identityProviders.get(provider.id))?.version).toBe(3);
  });

  test('that no entry tells of are a fault, and are rolled back', async () => {
    const { owner } = await here.company();
    const silent = owner.change(async () => {
      (await owner.em.findOneOrFail(RoleSchema, { builtIn: 'admin' })).name = 'Silent';
    });
    await expect(silent).rejects.toThrow(/1 row\(s\) were changed and no entry says so/);
    expect(await roleNames(owner)).not.toContain('Silent');
  });

  test('that break a promise of the database are refused as rows are', async () => {
    const { owner } = await here.company();
    const taken = owner.change(async () => void make(bound(owner), 'admin'));
    await expect(taken).rejects.toMatchObject({ code: 'name-taken' });
  });

  test('are deleted by the flush', async () => {
    const { owner } = await here.company();
    const { id } = await owner.roles.create({ name: 'Short', permissions: [] });
    await owner.change(async () => {
      const role = await owner.em.findOneOrFail(RoleSchema, { id });
      owner.em.remove(role);
      owner.record({ action: 'role.deleted', subject: { type: 'Role', id, name: 'Short' } });
    });
    expect(await roleNames(owner)).not.toContain('Short');
  });
});

test('there are no entities outside a change, nor after it', async () => {
  const { owner } = await here.company();
  expect(() => owner.em).toThrow('outside a change');
  const kept = await owner.change(async () => owner.em);
  await expect(kept.find(RoleSchema, {})).rejects.toThrow(/Transaction is already committed/);
});

test('rows of audited tables are written by a flush, one object each, and in no other way', async () => {
  const { owner } = await here.company();
  await owner.change(async () => {
    const { em } = owner;
    await expect(em.nativeUpdate(RoleSchema, { rank: 2 }, { rank: 1 })).rejects.toThrow(/flush/);
    await expect(em.nativeDelete(RoleSchema, { rank: 2 })).rejects.toThrow(/flush/);
    await expect(em.nativeDelete(MembershipSchema, {})).rejects.toThrow(/in sets/);
    await expect(em.insert(RoleSchema, { name: 'x', rank: 1 } as never)).rejects.toThrow(/flush/);
  });
});

test('what a verb gives back as an entity is stored and given again as a row is', async () => {
  const { owner } = await here.company();
  const made = [
    await owner.roles.create({ name: 'Kept', permissions: ['AUDIT_READ'] }),
    (await owner.identityProviders.create({ name: 'Kept', kind: 'OKTA' })).provider,
  ] as const;
  const read = [
    (await owner.roles.get(made[0].id))!,
    (await owner.identityProviders.get(made[1].id))!,
  ] as const;
  for (const [index, entity] of made.entries()) {
    const kept = answerOf(JSON.parse(JSON.stringify(keptForm({ entity }))));
    expect(kept['entity']).toMatchObject(read[index]!);
    expect({ ...entity }).toMatchObject(read[index]!);
  }
});
