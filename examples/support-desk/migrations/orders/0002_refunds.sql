create table orders.refunds (
  id integer generated always as identity primary key,
  order_id integer not null references orders.orders on delete restrict,
  cents integer not null check (cents > 0),
  run_id text,
  created_at timestamptz not null default now()
);

create index refunds_order_id on orders.refunds (order_id);
comment on column orders.refunds.run_id is 'The agent run that refunded.';
