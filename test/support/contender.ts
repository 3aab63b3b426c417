import { fork } from 'node:child_process';
import { openDatabase } from '../../src/database.ts';
import {
  Actor,
  Directory,
  type Store,
  PERMISSIONS,
  type ProvisionedMember,
  Refusal,
} from '../../src/directory/index.ts';
import { connectionOf } from '../../src/platform/index.ts';

/**
 * What one process does in a race: a number of lanes, each with its own directory, each doing the
 * same work so many times.
 */
export interface Job {
  work: keyof typeof works;
  tenantId: string;
  providerId: string;
  rounds: number;
  lanes?: number;
  /** Whatever the work needs to know: ids of members, teams and roles, names. */
  members?: readonly string[];
  teams?: readonly string[];
  roles?: readonly string[];
  names?: readonly string[];
}

/**
 * What came of it: how often something was done, how often it was refused and why, and every fault,
 * of which there must be none.
 */
export interface Outcome {
  done: number;
  refused: Record<string, number>;
  faults: string[];
}

const any = <T>(list: readonly T[] | undefined): T =>
  list![Math.floor(Math.random() * list!.length)]!;
const described = (name: string, more: Partial<ProvisionedMember> = {}): ProvisionedMember => ({
  userName: `${name}@race.example`,
  email: null,
  givenName: name,
  familyName: null,
  displayName: name,
  active: true,
  externalId: name,
  profile: {},
  pushedRoles: [],
  ...more,
});

interface Doors {
  system: Directory;
  provider: Directory;
  job: Job;
  lane: number;
  round: number;
}

const works = {
  toggle: async ({ system, job, round }: Doors) =>
    void (await system.identityProviders.update(job.providerId, {
      provisioning: round % 2 ? 'ON' : 'OFF',
      evictManualMembers: true,
    })),
  sync: async ({ provider, job, lane, round }: Doors) => {
    await provider.members.provision(described(`${process.pid}-${lane}-${round}`), {});
    await provider.teams.apply(any(job.teams), [
      { kind: round % 3 ? 'admit' : 'expel', memberIds: [any(job.members)] },
    ]);
    if (round % 5 === 0)
      await provider.members.rewrite(
        any(job.members),
        described(any(job.names), {
          pushedRoles: round % 2 ? ['Boss'] : [],
          active: round % 7 !== 0,
        }),
      );
  },
  byHand: async ({ system, job, lane, round }: Doors) => {
    if (round % 4 === 0)
      await system.members.invite({
        email: `hand-${process.pid}-${lane}-${round}@race.example`,
        teamIds: [any(job.teams)],
      });
    else if (round % 4 === 1) await system.teams.admit(any(job.teams), [any(job.members)]);
    else if (round % 4 === 2) await system.members.remove(any(job.members));
    else await system.members.restore(any(job.members));
  },
  relink: async ({ system, job, round }: Doors) => {
    const id = any(job.members);
    if (round % 2) await system.members.setLink(id, job.providerId, null);
    else await system.members.setLink(id, job.providerId, `again-${id}`);
  },
  lock: async ({ system, job, round }: Doors) => {
    if (round % 2) await system.members.unlockRole(any(job.members));
    else await system.members.lockRole(any(job.members), { roleId: any(job.roles) });
  },
  membership: async ({ system, job, round }: Doors) => {
    const ids = [any(job.members), any(job.members), any(job.members)];
    if (round % 2) await system.teams.admit(any(job.teams), ids);
    else await system.teams.expel(any(job.teams), ids);
  },
  mappings: async ({ system, job, round }: Doors) => {
    if (round % 3 === 2) await system.tenants.setDefaultRole(any(job.roles));
    else
      await system.roles.setMappings(
        job.teams!.map(teamId => ({ teamId, roleId: any(job.roles) })),
      );
  },
  roleByHand: async ({ system, job }: Doors) =>
    void (await system.members.setRole(any(job.members), any(job.roles))),
  roleComesAndGoes: async ({ system, job, lane, round }: Doors) => {
    const role = await system.roles.create({
      name: `passing ${process.pid} ${lane} ${round}`,
      permissions: [],
    });
    await system.members.setRole(any(job.members), role.id);
    await system.roles.remove(role.id, any(job.roles));
  },
  create: async ({ provider, job, round }: Doors) =>
    void (await provider.members.provision(described(job.names![round]!), {})),
  createTeam: async ({ provider, job, round }: Doors) =>
    void (await provider.teams.provision({ name: job.names![round]!, externalId: null }, [], {})),
  invite: async ({ system, job, round }: Doors) =>
    void (await system.members.invite({ email: `${job.names![round]}@race.example` })),
  leave: async ({ system, job, lane, round }: Doors) => {
    const [id, other] = [job.members![lane % 2]!, job.members![(lane + 1) % 2]!];
    if (round % 2) await system.members.setRole(other, job.roles![round % 4 === 1 ? 1 : 0]!);
    else if (round % 4) await system.members.enable(id);
    else await system.members.disable(id);
  },
} satisfies Record<string, (doors: Doors) => Promise<void>>;

/** Does a job in this process. */
export async function contend(store: Store, job: Job): Promise<Outcome> {
  const outcome: Outcome = { done: 0, refused: {}, faults: [] };
  const lane = async (at: number) => {
    const call = { correlationId: 'race' };
    const system = new Directory(
      store,
      new Actor({
        tenantId: job.tenantId,
        record: { kind: 'system', name: 'race' },
        permissions: PERMISSIONS,
      }),
      call,
    );
    const provider = new Directory(
      store,
      new Actor({
        tenantId: job.tenantId,
        record: { kind: 'provider', name: 'race', providerId: job.providerId },
        permissions: ['SCIM_INTEGRATE'],
      }),
      call,
    );
    // What the switch refuses costs no round: otherwise the first moment in which it is off would
    // use up all of them.
    for (let round = 0, tries = 0; round < job.rounds && tries < job.rounds * 100; tries++) {
      try {
        await works[job.work]({ system, provider, job, lane: at, round });
        outcome.done++;
        round++;
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 'provisioning-off')) round++;
        if (error instanceof Refusal)
          outcome.refused[error.code] = (outcome.refused[error.code] ?? 0) + 1;
        else if ((error as { code?: string }).code === '55P03')
          // waited longer than a request may: a 503 that asks to come again
          outcome.refused['busy'] = (outcome.refused['busy'] ?? 0) + 1;
        else
          outcome.faults.push(
            `${job.work}: ${String((error as { code?: string }).code)} ${String(error)}`,
          );
      }
    }
  };
  await Promise.all(Array.from({ length: job.lanes ?? 2 }, (_, at) => lane(at)));
  return outcome;
}

/** A process of its own, which does one job after the other. */
export interface Contender {
  contend(job: Job): Promise<Outcome>;
  end(): void;
}

export async function contender(url: string): Promise<Contender> {
  const child = fork(new URL(import.meta.url), {
    execArgv: ['--no-warnings'],
    env: { ...process.env, CONTENDER_URL: url },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const said = () =>
    new Promise<unknown>((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', code =>
        reject(new Error(`The other process ended with ${code} and said nothing.`)),
      );
    });
  await said();
  return {
    contend(job) {
      const outcome = said();
      child.send(job);
      return outcome as Promise<Outcome>;
    },
    end: () => child.disconnect(),
  };
}

if (process.send && process.env['CONTENDER_URL'] && process.argv[1]?.endsWith('contender.ts')) {
  const database = openDatabase({
    connection: connectionOf(process.env['CONTENDER_URL']),
    tokenKey: 'k'.repeat(40),
    poolMax: 6,
  });
  await database.pool.query('select 1');
  process.on(
    'message',
    job => void contend(database.store, job as Job).then(outcome => process.send?.(outcome)),
  );
  process.on('disconnect', () => void database.close());
  process.send('ready');
}
