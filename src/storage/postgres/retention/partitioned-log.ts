/**
 * The statements of the migration that divides the log by days. What was there becomes the partition of day 0, so that its
 * rows stay where they are and instances of the version before go on writing there.
 *
 * @see docs/decisions/242-the-log-is-divided-by-days.md
 */
export const partitionLog = `
lock table $schema.runs, $schema.run_events, $schema.run_messages, $schema.run_turns, $schema.run_tool_calls
  in access exclusive mode;

create function $schema.run_day(id text) returns integer language sql immutable parallel safe as $day$
  select case when id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
    then (('x' || left(replace(id, '-', ''), 12))::bit(48)::bigint / 86400000)::integer else 0 end
$day$;
create index runs_open_by_day on $schema.runs ($schema.run_day(id)) where ended_at is null;

alter table $schema.run_events
  add column day integer not null default 0,
  add constraint run_events_0_day check (day = 0),
  drop constraint run_events_run_id_fkey;
alter table $schema.run_events rename to run_events_0;
alter index $schema.run_events_pkey rename to run_events_0_pkey;
create index run_events_0_by_day on $schema.run_events_0 ($schema.run_day(run_id), run_id);
create table $schema.run_events (like $schema.run_events_0 including defaults including storage) partition by range (day);
alter table $schema.run_events attach partition $schema.run_events_0 for values from (minvalue) to (1);
create table $schema.run_events_other partition of $schema.run_events default;
alter table $schema.run_events_other add primary key (run_id, first_seq);
create index run_events_other_by_day on $schema.run_events_other (day, run_id);

alter table $schema.run_messages drop constraint run_messages_run_id_fkey;
alter table $schema.run_turns drop constraint run_turns_run_id_fkey;
alter table $schema.run_tool_calls drop constraint run_tool_calls_run_id_fkey;

create function $schema.delete_run_parts() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $parts$
declare
  ids text[];
  days integer[];
  one_day integer;
begin
  select array_agg(r.id), array_agg(distinct $schema.run_day(r.id)) into ids, days from deleted_runs r;
  if ids is null then return null; end if;
  delete from $schema.run_messages where run_id = any (ids);
  delete from $schema.run_turns where run_id = any (ids);
  delete from $schema.run_tool_calls where run_id = any (ids);
  foreach one_day in array array_remove(days, 0) || 0 loop
    -- with the day in the text, PostgreSQL locks that partition alone
    execute format('delete from %I.run_events where day = %s and run_id = any ($1)', tg_table_schema, one_day) using ids;
  end loop;
  return null;
end $parts$;
create trigger delete_run_parts after delete on $schema.runs referencing old table as deleted_runs
  for each statement execute function $schema.delete_run_parts();

do $grants$
declare
  former pg_catalog.pg_class;
  given record;
  made regclass;
begin
  select * into former from pg_catalog.pg_class where oid = $name$$schema.run_events_0$name$::regclass;
  foreach made in array
    array[$name$$schema.run_events$name$, $name$$schema.run_events_other$name$]::regclass[]
  loop
    for given in
      select case grantee when 0 then 'public' else grantee::regrole::text end as role, privilege_type as privilege,
        case when is_grantable then 'with grant option' else '' end as options
      from pg_catalog.aclexplode(former.relacl) where grantee <> former.relowner
    loop
      execute format('grant %s on %s to %s %s', given.privilege, made, given.role, given.options);
    end loop;
    execute format('alter table %s owner to %s', made, former.relowner::regrole);
  end loop;
  execute format('alter function %s() owner to %s',
    $name$$schema.delete_run_parts$name$::regproc, former.relowner::regrole);
end $grants$;
`
