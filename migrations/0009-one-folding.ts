import { Migration } from '@mikro-orm/migrations';

/** Tables whose names are unique, which rows count, and where the audit log says it. The order is that in which their locks are taken. */
const NAMED = [
  { table: 'roles', name: 'name', key: 'name_key', counted: 'true', type: 'Role' },
  {
    table: 'identity_providers',
    name: 'name',
    key: 'name_key',
    counted: 'true',
    type: 'IdentityProvider',
  },
  {
    table: 'teams',
    name: 'name',
    key: 'name_key',
    counted: `(origin = 'MANUAL' or provider_id is not null)`,
    type: 'Team',
  },
  {
    table: 'members',
    name: 'user_name',
    key: 'user_name_key',
    counted: `state <> 'DELETED' and (origin = 'MANUAL' or provider_id is not null)`,
    type: 'Member',
  },
] as const;

/**
 * One folding for every name: trimmed, and equal under Unicode's canonical caseless matching, in NFC. Before, keys were lower case
 * only, so that names which differ in a trailing blank, in composition or in a final sigma were two.
 *
 * Rows that are one name from now on: the oldest keeps its name, each other one gets " (2)", " (3)" ... behind its own, trimmed, with an entry in
 * the audit log. A refusal instead would keep the service from starting until somebody had edited tables by hand. Of addresses that were
 * given to several members by hand, the oldest member keeps it and the others have none; an address that is none is taken away.
 *
 * The tables are written anew once each, under an exclusive lock that is asked for
 * first: 160 seconds for a million members, on two cores that were busy with much else.
 */
export class OneFolding extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(
      `lock table ${NAMED.map(({ table }) => table).join(', ')} in access exclusive mode`,
    );
    this.addSql(`set local maintenance_work_mem = '256MB'`);
    this.addSql(functions);
    for (const named of NAMED) this.addSql(setApart(named));
    this.addSql(addresses);
    this.addSql(rebuild);
    this.addSql(keysOfOtherTables);
  }
}

// Text of ASCII alone, which nearly all is, has as many bytes as characters; it takes the short way. The characters of `trimmed` are
// Unicode's White_Space and the byte order mark.
const functions = `
  create function casefolded(given text) returns text language sql immutable parallel safe
    return case when octet_length(given) = length(given) then lower(given collate "C") collate "default"
      else normalize(casefold(normalize(given, nfd) collate pg_unicode_fast), nfc) collate "default" end;
  create function trimmed(given text) returns text language sql immutable parallel safe
    return btrim(given, U&'\\0009\\000A\\000B\\000C\\000D\\0020\\0085\\00A0\\1680\\2000\\2001\\2002\\2003\\2004\\2005\\2006\\2007\\2008\\2009\\200A\\2028\\2029\\202F\\205F\\3000\\FEFF');
  create function fold(given text) returns text language sql immutable parallel safe return casefolded(trimmed(given));
`;

/** Names that are one name from now on. Only where some key changes at all can there be any. */
const setApart = ({ table, name, key, counted, type }: (typeof NAMED)[number]): string => `
  do $$
  declare
    twin record;
    n int;
    wanted text;
  begin
    for twin in
      with changed as (select distinct tenant_id, fold(${name}) as folded from ${table} where ${counted} and ${key} <> fold(${name})),
        alike as (select t.tenant_id, t.id, t.${name} as name, row_number() over (partition by t.tenant_id, c.folded order by t.created_at, t.id) as place
          from changed c join ${table} t on t.tenant_id = c.tenant_id and fold(t.${name}) = c.folded where ${counted})
      select * from alike where place > 1 order by tenant_id, place, id
    loop
      n := 2;
      loop
        wanted := trimmed(twin.name) || ' (' || n || ')';
        exit when not exists (select from ${table} where tenant_id = twin.tenant_id and fold(${name}) = fold(wanted));
        n := n + 1;
      end loop;
      update ${table} set ${name} = wanted, version = version + 1, updated_at = now() where tenant_id = twin.tenant_id and id = twin.id;
      ${entry(type, table === 'members' ? 'userName' : 'name', 'twin.name', 'wanted')}
    end loop;
  end $$;
`;

/** An e-mail is an address or nothing, and of one person among those made by hand. */
const addresses = `
  do $$
  declare
    twin record;
  begin
    for twin in
      with held as (select tenant_id, id, user_name, email, email_key,
        row_number() over (partition by tenant_id, fold(email) order by created_at, id) as place
        from members where email is not null and origin = 'MANUAL' and state <> 'DELETED')
      select * from held where place > 1
    loop
      update members set email = null, version = version + 1, updated_at = now() where tenant_id = twin.tenant_id and id = twin.id;
      ${entry('Member', 'email', 'twin.email', 'null')}
    end loop;
  end $$;
  update members set email = case when trimmed(email) ~ '^[^[:space:]@]+@[^[:space:]@]+$' then trimmed(email) end
    where email !~ '^[^[:space:]@]+@[^[:space:]@]+$';
`;

function entry(type: string, attribute: string, before: string, after: string): string {
  const isMember = type === 'Member';
  const noun = type.charAt(0).toLowerCase() + type.slice(1);
  const subject = isMember
    ? `(select display_name from members where tenant_id = twin.tenant_id and id = twin.id)`
    : after;
  const handle = isMember ? (attribute === 'userName' ? after : 'twin.user_name') : 'null::text';
  return `insert into audit_entries (tenant_id, action, actor, subject_type, subject_id, subject_name, subject_handle, changes, reason, correlation_id)
        values (twin.tenant_id, '${noun}.updated', '{"kind":"system","name":"muster"}', '${type}', twin.id, ${subject}, fold(${handle}),
          jsonb_build_array(jsonb_build_object('name', '${attribute}', 'before', ${before}, 'after', ${after})),
          'Another one has the same name, written differently.', 'migration 0009');`;
}

const rebuild = `
  drop index members_addresses_idx;
  create or replace function addresses_in(profile jsonb) returns text[] language sql immutable parallel safe
    return array(select fold(value #>> '{}') from jsonb_path_query(profile, '$.emails[*].value') as value);
  alter table roles alter column name_key set expression as (fold(name));
  alter table identity_providers alter column name_key set expression as (fold(name));
  alter table teams alter column name_key set expression as (fold(name));
  update members set pushed_roles = array(select distinct fold(role) from unnest(pushed_roles) as role)
    where pushed_roles <> '{}' and exists (select from unnest(pushed_roles) as role where role <> fold(role));
  alter table members
    alter column user_name_key set expression as (fold(user_name)),
    alter column email_key set expression as (fold(email)),
    alter column display_name_key set expression as (fold(display_name)),
    alter column search_text set expression as (casefolded(display_name || chr(10) || user_name || chr(10) || coalesce(email, '')));
  create index members_addresses_idx on members using gin (tenant_id, addresses_in(profile)) where addresses_in(profile) <> array[email_key];
`;

// Cases that are one from now on: the oldest stays and counts the attempts of all. Handles in the log are what its entries are found by.
const keysOfOtherTables = `
  with alike as (select tenant_id, id, provider_id, kind, fold(name_key) as folded, attempts,
      first_value(id) over (partition by tenant_id, provider_id, kind, fold(name_key) order by id) as first
    from conflict_cases where settled_at is null or choice = 'REJECT'),
    gone as (delete from conflict_cases c using alike a where c.tenant_id = a.tenant_id and c.id = a.id and a.id <> a.first returning a.tenant_id, a.first, a.attempts)
  update conflict_cases c set attempts = c.attempts + g.attempts
    from (select tenant_id, first, sum(attempts) as attempts from gone group by tenant_id, first) g where c.tenant_id = g.tenant_id and c.id = g.first;
  update conflict_cases set name_key = fold(name_key) where name_key <> fold(name_key);
  update audit_entries set subject_handle = fold(subject_handle) where subject_handle <> fold(subject_handle);
`;
