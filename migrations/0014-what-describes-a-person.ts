import { Migration } from '@mikro-orm/migrations';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * Attributes of their own for what was kept in the profile as it was pushed. The columns are added
 * empty, which touches no row; then ALTER TABLE fills them, takes what moved out of the profile and
 * makes the folded columns: it writes the table anew and leaves no dead rows, where an UPDATE would
 * write each row with all its indexes and leave the old one.
 */
export class WhatDescribesAPerson extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      -- The same folding for columns that are derived. Of a function in SQL each INSERT and UPDATE
      -- plans the body anew, for every column; plpgsql plans it once in a session. Names say their
      -- schema, because a restored dump fills tables without a search_path.
      create function folded_key(given text) returns text
        language plpgsql immutable strict parallel safe
        as $$ begin return public.fold(given); end $$;
      create function search_key(given text) returns text
        language plpgsql immutable strict parallel safe
        as $$ begin return public.casefolded(given); end $$;
      create or replace function addresses_in(profile jsonb) returns text[]
        language plpgsql immutable parallel safe
        as $$ begin
          return array(select public.fold(value #>> '{}')
            from jsonb_path_query(profile, '$.emails[*].value') as value);
        end $$;
    `);
    this.addSql(`
      -- A text of the profile that fits into an index; longer ones stay where they are.
      create function said_text(profile jsonb, variadic path text[]) returns text
        language plpgsql immutable parallel safe
        as $$ begin return case when jsonb_typeof(profile #> path) = 'string'
          and octet_length(profile #>> path) <= 2000 then profile #>> path end; end $$;
      create function without_text(profile jsonb, variadic path text[]) returns jsonb
        language plpgsql immutable parallel safe
        as $$ begin return case when said_text(profile, variadic path) is null then profile
          else profile #- path end; end $$;
      -- A container in which nothing is left goes as well.
      create function without_empty(profile jsonb, key text) returns jsonb
        language plpgsql immutable parallel safe
        as $$ begin return case when profile -> key = '{}' then profile - key else profile end; end $$;
      -- The id that a manager is named by, where it has the form of one.
      create function said_id(profile jsonb, variadic path text[]) returns uuid
        language plpgsql immutable parallel safe
        as $$ begin return case when trimmed(said_text(profile, variadic path))
          ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
          then trimmed(said_text(profile, variadic path))::uuid end; end $$;
      -- The first number for work, else the first.
      create function said_number(profile jsonb) returns text
        language plpgsql immutable parallel safe
        as $$ begin return said_text(jsonb_build_object('value', coalesce(
          jsonb_path_query_first(profile, '$.phoneNumbers[*]
            ? (@.type like_regex "^work$" flag "i" && @.value.type() == "string").value'),
          jsonb_path_query_first(profile, '$.phoneNumbers[*]
            ? (@.value.type() == "string").value'))), 'value'); end $$;

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
        add title_key text generated always as (folded_key(title)) stored,
        add department_key text generated always as (folded_key(department)) stored,
        add employee_number_key text generated always as (folded_key(employee_number)) stored;
      -- Apart: together with what is above the server loses a constraint (PostgreSQL 18.4).
      alter table members
        alter user_name_key set expression as (folded_key(user_name)),
        alter email_key set expression as (folded_key(email)),
        alter display_name_key set expression as (folded_key(display_name)),
        alter search_text set expression as (search_key(
          display_name || chr(10) || user_name || chr(10) || coalesce(email, '')));
      alter table teams alter name_key set expression as (folded_key(name));
      alter table roles alter name_key set expression as (folded_key(name));
      alter table identity_providers alter name_key set expression as (folded_key(name));
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
