-- depends: accounts.0001_customers
create schema if not exists orders;

create type orders.order_status as enum ('open', 'blocked', 'shipped', 'delivered');

create table orders.orders (
  id integer generated always as identity primary key,
  number varchar(20) not null unique,
  customer_id integer not null references accounts.customers on delete restrict,
  status orders.order_status not null default 'open',
  waiting_for varchar(40),
  placed_at timestamptz not null default now(),
  check ((status = 'blocked') = (waiting_for is not null))
);

create index orders_customer_id on orders.orders (customer_id);
comment on column orders.orders.waiting_for is 'What a blocked order waits for, for example allocation.';

create table orders.order_items (
  order_id integer not null references orders.orders on delete cascade,
  line integer not null check (line > 0),
  description varchar(120) not null,
  quantity integer not null check (quantity > 0),
  unit_cents integer not null check (unit_cents >= 0),
  primary key (order_id, line)
);
