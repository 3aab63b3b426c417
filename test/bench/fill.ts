import type pg from 'pg';
import { IN_EACH_TEAM, MANUAL, sizedTeamId, SIZES, TEAMS } from './people.ts';

const id = (front: string) => `('${front}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
const name = `'user' || lpad(n::text, 7, '0') || '@example.com'`;
const givenName = `(array['Ada', 'Grace', 'Mateo', 'Yuki', 'Leila', 'Tomasz', 'Ingrid'])[n % 7 + 1]`;
const familyName = `'Okafor' || n`;
const title = `'Engineer ' || n % 40`;
const department = `'Department ' || n % 90`;
const emails = `'emails', jsonb_build_array(jsonb_build_object('type', 'work', 'value', ${name}, 'primary', true))`;
const profile = `jsonb_build_object('title', ${title}, ${emails},
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', jsonb_build_object('department',
  ${department}, 'employeeNumber', n::text))`;
/** Each team's members lie apart, as they do when teams grow over years. */
const inTeams = `select ${id('019a1000').replace('(n)', '(t)')} as team, (t * 197 + i * 4973) % $1 + 1 as n from generate_series(1, ${TEAMS}) as t, generate_series(1, ${IN_EACH_TEAM}) as i`;

/** Both servers' tables, with the same people in them, written straight into the tables. */
export async function fill(
  muster: pg.Client,
  floor: pg.Client,
  {
    tenantId,
    providerId,
    users,
    tokens,
  }: { tenantId: string; providerId: string; users: number; tokens: readonly string[] },
): Promise<void> {
  await Promise.all([
    fillMuster(muster, tenantId, providerId, users),
    fillFloor(floor, users, tokens),
  ]);
  await muster.query('vacuum analyze');
  await floor.query('vacuum analyze');
  await floor.query('checkpoint');
}

async function fillMuster(
  db: pg.Client,
  tenantId: string,
  providerId: string,
  users: number,
): Promise<void> {
  const role = `(select id from roles where tenant_id = '${tenantId}' and built_in = 'member')`;
  const linked = `'SCIM', '${providerId}', '${providerId}'`;
  await db.query(`
    insert into members (tenant_id, id, user_name, email, given_name, family_name, display_name,
    origin, origin_provider_id, provider_id, external_id, link_id, title, department,
    employee_number, profile, role_id)
    select '${tenantId}', ${id('019a0000')}, ${name}, ${name}, ${givenName}, ${familyName},
    ${givenName} || ' ' || ${familyName}, ${linked}, 'ext-' || n, ${id('019a0000')}, ${title},
    ${department}, n::text, jsonb_build_object(${emails}), ${role}
    from generate_series(1, ${users}) as n`);
  await db.query(`
    insert into members (tenant_id, id, user_name, email, given_name, family_name, display_name,
    role_id)
    select '${tenantId}', ${id('019a2000')}, 'hand' || n || '@example.com', 'hand' || n ||
    '@example.com', ${givenName}, ${familyName}, ${givenName} || ' ' || ${familyName}, ${role}
    from generate_series(1, ${MANUAL}) as n`);
  await db.query(`
    insert into teams (tenant_id, id, name, origin, origin_provider_id, provider_id, external_id,
    link_id)
    select '${tenantId}', ${id('019a1000')}, 'Team ' || n, ${linked}, 'team-' || n,
    ${id('019a1000')} from generate_series(1, ${TEAMS}) as n`);
  await db.query(`
    insert into memberships (tenant_id, team_id, member_id, origin)
    select '${tenantId}', team, ${id('019a0000')}, 'SCIM'
    from (${inTeams.replace('$1', String(users))}) as pairs on conflict do nothing`);
  for (const size of SIZES) {
    await db.query(`
      insert into teams (tenant_id, id, name, origin, origin_provider_id, provider_id, external_id,
      link_id)
      values ('${tenantId}', '${sizedTeamId(size)}', 'Sized ${size}', ${linked}, 'sized-${size}',
      '${sizedTeamId(size)}')`);
    await db.query(`
      insert into memberships (tenant_id, team_id, member_id, origin)
      select '${tenantId}', '${sizedTeamId(size)}', ${id('019a0000')}, 'SCIM'
      from generate_series(1, ${Math.min(size, users - 1_000)}) as n`);
  }
}

async function fillFloor(db: pg.Client, users: number, tokens: readonly string[]): Promise<void> {
  await db.query(`
    create table users (id uuid primary key, user_name text not null, user_name_key text not null
    unique, given_name text, family_name text, display_name text not null, display_name_key text not
    null,
      email text, external_id text, active boolean not null default true, profile jsonb not null,
      role_id int not null default 1, version int not null default 1,
      created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default
      now());
    create table roles (id int primary key, name text not null);
    insert into roles values (1, 'Member');
    create table groups (id uuid primary key, name text not null unique, external_id text, version
    int not null default 1,
      created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default
      now());
    create table memberships (group_id uuid not null, user_id uuid not null, primary key (group_id,
    user_id));
    create index memberships_user on memberships (user_id, group_id);
    create table tokens (digest bytea primary key, revoked_at timestamptz);
    create table audit (id bigint generated always as identity primary key, at timestamptz(3) not
    null default now(), action text not null, subject_id uuid not null, changes jsonb not null);
    create extension pg_trgm;
    create index users_search on users using gin (display_name_key gin_trgm_ops);`);
  await db.query(`insert into tokens select sha256(convert_to(unnest($1::text[]), 'UTF8'))`, [
    tokens,
  ]);
  await db.query(`
    insert into users (id, user_name, user_name_key, given_name, family_name, display_name,
    display_name_key, email, external_id, profile)
    select ${id('019a0000')}, ${name}, ${name}, ${givenName}, ${familyName}, ${givenName} || ' ' ||
    ${familyName}, lower(${givenName} || ' ' || ${familyName}), ${name}, 'ext-' || n, ${profile}
    from generate_series(1, ${users}) as n`);
  await db.query(`
    insert into users (id, user_name, user_name_key, given_name, family_name, display_name,
    display_name_key, email, profile)
    select ${id('019a2000')}, 'hand' || n || '@example.com', 'hand' || n || '@example.com',
    ${givenName}, ${familyName}, ${givenName} || ' ' || ${familyName}, lower(${givenName} || ' ' ||
    ${familyName}), 'hand' || n || '@example.com', '{}'
    from generate_series(1, ${MANUAL}) as n`);
  await db.query(
    `insert into groups (id, name, external_id) select ${id('019a1000')}, 'Team ' || n, 'team-' || n from generate_series(1, ${TEAMS}) as n`,
  );
  await db.query(
    `insert into memberships select team, ${id('019a0000')} from (${inTeams.replace('$1', String(users))}) as pairs on conflict do nothing`,
  );
  for (const size of SIZES) {
    await db.query(
      `insert into groups (id, name) values ('${sizedTeamId(size)}', 'Sized ${size}')`,
    );
    await db.query(
      `insert into memberships select '${sizedTeamId(size)}', ${id('019a0000')} from generate_series(1, ${Math.min(size, users - 1_000)}) as n`,
    );
  }
}
