import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MemberRow, Refusal } from '../../src/directory/index.ts';

import { type Company, described, stage } from '../support/company.ts';
import { assertRecorded, assertSound, snapshot } from '../support/invariants.ts';

const here = stage();

/**
 * Whatever is picked is picked among what there is, by number: so that a sequence can be shrunk.
 */
interface Hand {
  company: Company;
  members: MemberRow[];
  teams: { id: string; name: string }[];
  roles: { id: string }[];
}
type Picks = [number, number, number];
const of = <T>(list: readonly T[], pick: number): T => list[pick % list.length]!;
const NAMES = ['Uma', 'Vic', 'Wil', 'Xia', 'mateo', 'yuki'];
const TEAMS = ['Sales', 'Trade', 'Finance', 'Board'];
const facts = (name: number, detail: number) => {
  const given = of(NAMES, name);
  const userName =
    given === given.toLowerCase()
      ? `${given}@northwind.example`
      : `${given}@north.example`.toLowerCase();
  return described(given, {
    userName,
    email: userName,
    active: detail % 4 !== 0,
    pushedRoles: detail % 3 === 0 ? ['Boss'] : [],
    displayName: `${given} ${detail % 2}`,
  });
};

const verbs: Record<string, (hand: Hand, picks: Picks) => Promise<unknown>> = {
  invite: ({ company, teams, roles }, [a, b, c]) =>
    company.system.members.invite({
      email: `${of(NAMES, a)}@north.example`,
      teamIds: b % 2 ? [of(teams, b).id] : [],
      roleId: c % 3 === 0 ? of(roles, c).id : null,
    }),
  rename: ({ company, members }, [a, b]) =>
    company.system.members.update(of(members, a).id, { userName: `${of(NAMES, b)}@north.example` }),
  move: ({ company, members }, [a, b]) =>
    company.system.members.update(of(members, a).id, {
      email: `${of(NAMES, b)}.new@north.example`,
      givenName: of(NAMES, b),
    }),
  disable: ({ company, members }, [a]) => company.system.members.disable(of(members, a).id),
  enable: ({ company, members }, [a]) => company.system.members.enable(of(members, a).id),
  remove: ({ company, members }, [a]) => company.system.members.remove(of(members, a).id),
  restore: ({ company, members }, [a]) => company.system.members.restore(of(members, a).id),
  setRole: ({ company, members, roles }, [a, b, c]) =>
    company.system.members.setRole(of(members, a).id, of(roles, b).id, { lock: c % 3 === 0 }),
  lockRole: ({ company, members, roles }, [a, b]) =>
    company.system.members.lockRole(of(members, a).id, { roleId: of(roles, b).id }),
  unlockRole: ({ company, members }, [a]) => company.system.members.unlockRole(of(members, a).id),
  setLink: ({ company, members }, [a, b]) =>
    company.system.members.setLink(
      of(members, a).id,
      company.providerId,
      b % 2 ? `x-${of(NAMES, b)}` : null,
    ),
  createTeam: ({ company, members }, [a, b]) =>
    company.system.teams.create({ name: of(TEAMS, a), memberIds: [of(members, b).id] }),
  renameTeam: ({ company, teams }, [a, b]) =>
    company.system.teams.rename(of(teams, a).id, of(TEAMS, b)),
  removeTeam: ({ company, teams }, [a]) => company.system.teams.remove(of(teams, a).id),
  admit: ({ company, members, teams }, [a, b, c]) =>
    company.system.teams.admit(of(teams, a).id, [of(members, b).id, of(members, c).id]),
  expel: ({ company, members, teams }, [a, b]) =>
    company.system.teams.expel(of(teams, a).id, [of(members, b).id]),
  mappings: ({ company, teams, roles }, [a, b, c]) =>
    company.system.roles.setMappings(
      [
        { teamId: of(teams, a).id, roleId: of(roles, b).id },
        { pushedRole: 'Boss', roleId: of(roles, c).id },
      ].slice(0, 1 + (c % 2)),
    ),
  defaultRole: ({ company, roles }, [a]) => company.system.tenants.setDefaultRole(of(roles, a).id),
  off: ({ company }) => company.switchTo('OFF'),
  on: ({ company }, [a]) => company.switchTo('ON', { evictManualMembers: a % 2 === 0 }),
  adoption: ({ company }, [a]) =>
    company.owner.identityProviders.update(company.providerId, {
      adoption: a % 2 ? 'ADOPT' : 'ASK',
    }),
  resolve: async ({ company }, [a, b]) => {
    const open = await company.owner.conflicts.open(20);
    return company.owner.conflicts.resolve(
      [of(open, a)?.id ?? 'none'],
      of(['LINK_KEEP', 'LINK_OVERWRITE', 'CREATE_NEW', 'REJECT'] as const, b),
    );
  },
  provision: ({ company }, [a, b]) => company.entra.members.provision(facts(a, b), {}),
  rewrite: ({ company, members }, [a, b, c]) =>
    company.entra.members.rewrite(of(members, a).id, facts(b, c)),
  deprovision: ({ company, members }, [a]) => company.entra.members.remove(of(members, a).id),
  provisionTeam: ({ company, members }, [a, b]) =>
    company.entra.teams.provision(
      { name: of(TEAMS, a), externalId: `g-${a % 4}` },
      b % 2 ? [of(members, b).id] : [],
      {},
    ),
  patchTeam: ({ company, members, teams }, [a, b, c]) =>
    company.entra.teams.apply(of(teams, a).id, [
      { kind: 'admit', memberIds: [of(members, b).id] },
      ...(c % 2 ? [{ kind: 'expel', memberIds: [of(members, b).id] } as const] : []),
      ...(c % 3 ? [] : [{ kind: 'replace', memberIds: [of(members, c).id] } as const]),
    ]),
  removeProvidersTeam: ({ company, teams }, [a]) => company.entra.teams.remove(of(teams, a).id),
};

/** What the other verbs turn on comes up more often. */
const often = ['off', 'on', 'off', 'on', 'restore', 'admit', 'setRole', 'setLink', 'patchTeam'];
const steps = fc.array(
  fc.tuple(
    fc.constantFrom(...Object.keys(verbs), ...often),
    fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)),
  ),
  { minLength: 15, maxLength: 30, size: 'max' },
);

test('after any sequence of verbs by people and a provider the rules hold, and every change has its entry', async () => {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(steps, async sequence => {
      const company = await here.company();
      const roles = await company.system.roles.all();
      const inside = [
        await company.provisioned('Uma', { userName: 'uma@north.example' }),
        await company.provisioned('Vic', { userName: 'vic@north.example', pushedRoles: ['Boss'] }),
      ];
      const sales = await company.provisionedTeam('Sales', inside);
      await company.system.roles.setMappings([
        { teamId: sales.id, roleId: company.roles.auditor },
        { pushedRole: 'Boss', roleId: company.roles.admin },
      ]);
      let before = await snapshot(company.system);
      for (const [name, picks] of sequence) {
        const members = await company.system.members.page({
          first: 50,
          where: { field: 'state', op: 'in', value: ['INVITED', 'ACTIVE', 'DISABLED', 'DELETED'] },
        });
        const teams = await company.system.teams.page({ first: 50 });
        const hand = {
          company,
          members: members.items.map(({ row }) => row),
          teams: teams.items.map(({ row }) => ({ id: row.id, name: row.name })),
          roles,
        };
        if (hand.teams.length === 0) hand.teams.push({ id: 'none', name: 'none' });
        const refusal = await verbs[name]!(hand, picks).then(
          () => {
            made++;
            return null;
          },
          (error: unknown) => {
            if (error instanceof Refusal) return error;
            throw error;
          },
        );
        const after = await snapshot(company.system);
        if (refusal) expect({ ...after, lastEntry: '' }).toEqual({ ...before, lastEntry: '' });
        await assertSound(company.system);
        await assertRecorded(company.system, before, after);
        before = after;
      }
    }),
    {
      numRuns: Number(process.env['RUNS'] ?? 12),
      ...(process.env['SEED'] && { seed: Number(process.env['SEED']) }),
    },
  );
  expect(made).toBeGreaterThan(50);
}, 120_000);
