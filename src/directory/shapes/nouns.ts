import { type RawBuilder, sql } from 'kysely';
import { managingProviders } from '../identity-providers/managing-providers.ts';
import { ATTRIBUTE_NAMES, isNullable } from '../members/attributes.ts';
import { RESTORABLE_DAYS } from '../members/purge.ts';
import type { Session } from '../session.ts';
import { columnOf } from '../tables/columns.ts';
import {
  type Column,
  instantJson,
  type Json,
  nullable,
  plainJson,
  textJson,
  wordJson,
} from './json.ts';

export type NounName =
  'tenant' | 'member' | 'team' | 'role' | 'membership' | 'provenance' | 'provider' | 'mapping';

/** A property of a row, by the alias of the row. */
type Property = (row: string, session: Session) => Json;
interface Relation {
  noun: NounName;
  /** The table, and which of its rows; without one, it is the same row. */
  from?: { table: string; where: (row: string) => RawBuilder<unknown> };
  nullable?: true;
  /** All of the rows, in this order, in place of one. */
  all?: { order: readonly string[] };
}
interface Noun {
  properties: Readonly<Record<string, Property>>;
  relations: Readonly<Record<string, Relation>>;
}

const column = (row: string, name: string): Column => sql.raw(`${row}.${name}`);
const property =
  (json: (column: Column) => Json) =>
  (name: string): Property =>
  row =>
    json(column(row, name));
const text = property(textJson);
const textOrNull = property(nullable(textJson));
const word = property(wordJson);
const whole = property(plainJson);
const instant = property(instantJson);
const version: Property = row => wordJson(sql`'v' || ${column(row, 'version')}`);

/** One row of a table by its id, in the tenant of the session. */
const byId = (noun: NounName, table: string, key: string, more?: { nullable: true }): Relation => ({
  noun,
  from: { table, where: row => sql`id = ${column(row, key)}` },
  ...more,
});
const ofTenant: Relation = byId('tenant', 'tenants', 'tenant_id');

/** Every attribute is text, and some may be missing. */
const attributes: Record<string, Property> = Object.fromEntries(
  ATTRIBUTE_NAMES.map(name => [name, (isNullable(name) ? textOrNull : text)(columnOf(name))]),
);

const member: Noun = {
  properties: {
    id: word('id'),
    ...attributes,
    state: word('state'),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    purgeAt: row =>
      nullable(instantJson)(
        sql`${column(row, 'deleted_at')} + make_interval(hours => ${sql.lit(24 * RESTORABLE_DAYS)})`,
      ),
    version,
  },
  relations: {
    tenant: ofTenant,
    role: byId('role', 'roles', 'role_id'),
    manager: {
      noun: 'member',
      from: {
        table: 'members',
        where: row => sql`id = ${column(row, 'manager_id')} and state <> 'DELETED'`,
      },
      nullable: true,
    },
    provenance: { noun: 'provenance' },
  },
};

const team: Noun = {
  properties: {
    id: word('id'),
    name: text('name'),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    version,
  },
  relations: {
    tenant: ofTenant,
    provenance: { noun: 'provenance' },
    mappedRole: {
      noun: 'mapping',
      from: { table: 'role_mappings', where: row => sql`team_id = ${column(row, 'id')}` },
      nullable: true,
    },
  },
};

/** The rows that a shape can be made of. What is missing here is read in the ordinary way. */
export const NOUNS: Readonly<Record<NounName, Noun>> = {
  member,
  team,
  tenant: {
    properties: { id: word('id'), name: text('name') },
    relations: {
      roles: {
        noun: 'role',
        from: { table: 'roles', where: () => sql`true` },
        all: { order: ['rank', 'id'] },
      },
      roleMappings: {
        noun: 'mapping',
        from: { table: 'role_mappings', where: () => sql`true` },
        all: { order: ['position', 'id'] },
      },
    },
  },
  role: {
    properties: {
      id: word('id'),
      name: text('name'),
      permissions: text('permissions'),
      rank: whole('rank'),
      memberCount: (row, { tenantId }) =>
        plainJson(sql`select count(*) from members where members.tenant_id = ${tenantId}::uuid
          and members.role_id = ${column(row, 'id')} and members.state <> 'DELETED'`),
    },
    relations: {},
  },
  mapping: {
    properties: {
      id: word('id'),
      pushedRole: textOrNull('pushed_role'),
      position: whole('position'),
    },
    relations: {
      role: byId('role', 'roles', 'role_id'),
      team: byId('team', 'teams', 'team_id', { nullable: true }),
    },
  },
  membership: {
    properties: { origin: word('origin'), since: instant('since') },
    relations: {
      member: byId('member', 'members', 'member_id'),
      team: byId('team', 'teams', 'team_id'),
    },
  },
  provenance: {
    properties: {
      origin: word('origin'),
      externalId: textOrNull('external_id'),
      managed: (row, session) =>
        plainJson(
          sql`coalesce(${column(row, 'provider_id')} = any(${managingProviders(session)}), false)`,
        ),
      detached: row =>
        plainJson(
          sql`${column(row, 'origin')} <> 'MANUAL' and ${column(row, 'provider_id')} is null`,
        ),
    },
    relations: {
      identityProvider: {
        noun: 'provider',
        from: {
          table: 'identity_providers',
          where: row =>
            // Not `coalesce`: behind row policies only leak-proof conditions use an index.
            sql`id = case when ${column(row, 'provider_id')} is null
              then ${column(row, 'origin_provider_id')} else ${column(row, 'provider_id')} end`,
        },
        nullable: true,
      },
    },
  },
  provider: {
    properties: {
      id: word('id'),
      name: text('name'),
      kind: word('kind'),
      isActive: whole('is_active'),
      provisioning: word('provisioning'),
      adoption: word('adoption'),
      strict: whole('strict'),
    },
    relations: {},
  },
};
