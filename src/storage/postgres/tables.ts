import { partitionLog } from './retention/partitioned-log.ts'

/** The statements of each migration, in order. `$schema` stands for the quoted name of the schema. */
export const migrations: readonly string[] = [
  `
create table $schema.sessions (
  id text primary key,
  tenant text not null,
  agent_id text not null,
  title text,
  metadata jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  message_count integer not null default 0,
  open_runs integer not null default 0
);
create index sessions_list on $schema.sessions (tenant, updated_at desc, id desc);
create index sessions_unchanged on $schema.sessions (updated_at);
create index sessions_by_agent on $schema.sessions (tenant, agent_id, updated_at desc, id desc);

create table $schema.runs (
  id text primary key,
  serial bigint generated always as identity,
  tenant text not null,
  agent_id text not null,
  session_id text references $schema.sessions on delete cascade,
  trace_id text not null,
  status text not null default 'queued',
  epoch bigint not null default 0,
  owner text,
  lease_until timestamptz,
  wake_at timestamptz,
  cancel_requested_at timestamptz,
  cancel_reason text,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  attempts integer not null default 0,
  writes integer not null default 0,
  input jsonb not null,
  turns integer not null default 0,
  usage jsonb not null,
  output text,
  error jsonb,
  partial jsonb,
  started_by text,
  next_seq integer not null default 0,
  takeover_seq integer,
  next_message integer not null default 0,
  due_at timestamptz generated always as
    (case when ended_at is not null then null when lease_until is not null then lease_until else wake_at end) stored
);
create unique index runs_by_trace on $schema.runs (trace_id);
create index runs_list on $schema.runs (tenant, serial desc);
create index runs_by_status on $schema.runs (tenant, status, serial desc);
create index runs_by_agent on $schema.runs (tenant, agent_id, status, serial desc);
create index runs_by_session on $schema.runs (session_id, serial desc);
create unique index runs_one_at_a_time on $schema.runs (session_id)
  where status in ('running', 'waiting') and cancel_requested_at is null;
create index runs_due on $schema.runs (due_at) where due_at is not null;
create index runs_open on $schema.runs (session_id, serial) where ended_at is null and session_id is not null;
create index runs_queued on $schema.runs (serial) where status = 'queued' and wake_at is null;
create index runs_ended on $schema.runs (ended_at) where ended_at is not null and session_id is null;

create table $schema.run_events (
  run_id text not null references $schema.runs on delete cascade,
  first_seq integer not null,
  last_seq integer not null,
  lines text not null,
  primary key (run_id, first_seq)
);

create table $schema.run_messages (
  run_id text not null references $schema.runs on delete cascade,
  index integer not null,
  turn integer not null,
  message jsonb not null,
  session_id text,
  position integer,
  primary key (run_id, index)
);
create unique index run_messages_by_session on $schema.run_messages (session_id, position) where session_id is not null;

create table $schema.run_turns (
  run_id text not null references $schema.runs on delete cascade,
  turn integer not null,
  data jsonb not null,
  primary key (run_id, turn)
);

create table $schema.run_tool_calls (
  run_id text not null references $schema.runs on delete cascade,
  tool_call_id text not null,
  turn integer not null,
  index integer not null,
  state text not null,
  data jsonb not null,
  primary key (run_id, tool_call_id)
);

create table $schema.approvals (
  id text primary key,
  serial bigint generated always as identity,
  run_id text not null references $schema.runs on delete cascade,
  tenant text not null,
  agent_id text not null,
  session_id text,
  status text not null default 'pending',
  requested_at timestamptz not null,
  resolved_at timestamptz,
  expires_at timestamptz,
  decision_reason text,
  decided_by text,
  input jsonb not null,
  data jsonb not null
);
create index approvals_list on $schema.approvals (tenant, serial);
create index approvals_by_status on $schema.approvals (tenant, status, serial);
create index approvals_by_run on $schema.approvals (run_id, serial);
create index approvals_by_session on $schema.approvals (session_id, serial);
create index approvals_by_agent on $schema.approvals (tenant, agent_id, status, serial);

create table $schema.idempotency_keys (
  tenant text not null,
  key text not null,
  fingerprint text not null,
  run_id text not null references $schema.runs on delete cascade,
  expires_at timestamptz not null,
  primary key (tenant, key)
);
create index idempotency_keys_by_run on $schema.idempotency_keys (run_id);
create index idempotency_keys_expired on $schema.idempotency_keys (expires_at);
`,
  `
create table $schema.change_sets (
  id text primary key,
  serial bigint generated always as identity,
  tenant text not null,
  root_id text not null,
  status text not null,
  version bigint not null default 0,
  owner text,
  lease_until timestamptz,
  expires_at timestamptz not null,
  updated_at timestamptz not null,
  facts jsonb not null,
  state jsonb not null,
  texts text not null
);
create unique index change_sets_one_at_a_time on $schema.change_sets (root_id)
  where status in ('applying', 'rolling_back', 'migrating');
create index change_sets_list on $schema.change_sets (tenant, serial desc);
create index change_sets_by_status on $schema.change_sets (tenant, status, serial desc);
create index change_sets_expiring on $schema.change_sets (expires_at) where status in ('pending', 'approved');
create index change_sets_unchanged on $schema.change_sets (updated_at) where status not in ('applying', 'rolling_back', 'migrating');
`,
  `
alter table $schema.approvals add column output json;
`,
  `
create table $schema.outbox (
  id text primary key,
  serial bigint generated always as identity,
  target text not null,
  tenant text not null,
  type text not null,
  run_id text not null,
  agent_id text not null,
  session_id text,
  approval_id text,
  data jsonb not null,
  status text not null default 'pending',
  created_at timestamptz not null,
  due_at timestamptz,
  attempts integer not null default 0,
  refusals integer not null default 0,
  last_error text,
  settled_at timestamptz
);
create index outbox_due on $schema.outbox (target, due_at) where due_at is not null;
create index outbox_list on $schema.outbox (tenant, status, serial desc);
create index outbox_by_run on $schema.outbox (run_id);
create index outbox_dead on $schema.outbox (target) where status = 'dead';
create index outbox_settled on $schema.outbox (settled_at) where settled_at is not null;
`,
  `
alter table $schema.runs set (fillfactor = 60);
alter table $schema.run_tool_calls set (fillfactor = 80);
alter table $schema.runs add column about jsonb;
alter table $schema.sessions add column waking boolean not null default false;
create index sessions_waking on $schema.sessions (id) where waking;
`,
  `
create table $schema.push_targets (
  run_id text not null references $schema.runs on delete cascade,
  id text not null,
  data jsonb not null,
  sent jsonb not null default '[]',
  created_at timestamptz not null,
  primary key (run_id, id)
);
`,
  partitionLog,
]
