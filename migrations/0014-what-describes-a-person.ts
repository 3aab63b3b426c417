import { Migration } from '@mikro-orm/migrations';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * Attributes of their own for what was kept in the profile as it was pushed. The columns are added
 * empty, which touches no row; then one ALTER TABLE fills them, takes what moved out of the
 * profile, makes the folded columns and builds every index anew: one pass over the table and no
 * dead rows, where an UPDATE would write each row twice, with all its indexes.
 */
export class WhatDescribesAPerson extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      -- A text of the profile that fits into an index; longer ones stay where they are.
      create function said_text(profile jsonb, variadic path text[]) returns text
        language sql immutable parallel safe
        return case when jsonb_typeof(profile #> path) = 'string'
          and octet_length(profile #>> path) <= 2000 then profile #>> path end;
      create function without_text(profile jsonb, variadic path text[]) returns jsonb
        language sql immutable parallel safe
        return case when said_text(profile, variadic path) is null then profile
          else profile #- path end;
      -- A container in which nothing is left goes as well.
      create function without_empty(profile jsonb, key text) returns jsonb
        language sql immutable parallel safe
        return case when profile -> key = '{}' then profile - key else profile end;
      -- The id that a manager is named by, where it has the form of one.
      create function said_id(profile jsonb, variadic path text[]) returns uuid
        language sql immutable parallel safe
        return case when trimmed(said_text(profile, variadic path))
          ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
          then trimmed(said_text(profile, variadic path))::uuid end;
      -- The first number for work, else the first.
      create function said_number(profile jsonb) returns text
        language sql immutable parallel safe
        return said_text(jsonb_build_object('value', coalesce(
          jsonb_path_query_first(profile, '$.phoneNumbers[*]
            ? (@.type like_regex "^work$" flag "i" && @.value.type() == "string").value'),
          jsonb_path_query_first(profile, '$.phoneNumbers[*]
            ? (@.value.type() == "string").value'))), 'value');

      alter table members
        add title text,
        add department text,
        add employee_number text,
        -- As the provider named it. No foreign key: that member may come later, or have gone.
        add manager_id uuid,
        add phone_number text,
        add locale text;
      alter table members
        alter title type text using said_text(profile, 'title'),
        alter department type text using said_text(profile, '${ENTERPRISE}', 'department'),
        alter employee_number type text
          using said_text(profile, '${ENTERPRISE}', 'employeeNumber'),
        alter manager_id type uuid using said_id(profile, '${ENTERPRISE}', 'manager', 'value'),
        alter phone_number type text using said_number(profile),
        alter locale type text
          using coalesce(said_text(profile, 'locale'), said_text(profile, 'preferredLanguage')),
        alter profile type jsonb using without_empty(
          without_text(without_text(without_text(profile, 'title'),
            '${ENTERPRISE}', 'department'), '${ENTERPRISE}', 'employeeNumber'), '${ENTERPRISE}'),
        add title_key text generated always as (fold(title)) stored,
        add department_key text generated always as (fold(department)) stored,
        add employee_number_key text generated always as (fold(employee_number)) stored;
      drop function said_number(jsonb), said_id(jsonb, text[]), without_empty(jsonb, text),
        without_text(jsonb, text[]), said_text(jsonb, text[]);

      -- What is only filtered by is indexed where there is any, and without the id behind it, so
      -- that equal keys share one entry. Lists are sorted by department: there the id makes the
      -- order whole, and those without a department have their place in it.
      create index members_title_idx on members (tenant_id, title_key)
        where title_key is not null;
      create index members_department_idx on members (tenant_id, department_key, id);
      create index members_employee_number_idx on members (tenant_id, employee_number_key)
        where employee_number_key is not null;
      create index members_manager_idx on members (tenant_id, manager_id)
        where manager_id is not null;
    `);
  }
}
