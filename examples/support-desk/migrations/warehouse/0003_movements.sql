-- depends: warehouse.0002_goods
create type warehouse.movement_kind as enum ('received', 'moved', 'picked', 'lost');

create table warehouse.stock (
  bin_id bigint not null references warehouse.bins,
  article_id bigint not null references warehouse.articles,
  quantity integer not null check (quantity >= 0),
  primary key (bin_id, article_id)
);

create table warehouse.movements (
  id bigint generated always as identity primary key,
  article_id bigint not null references warehouse.articles,
  from_bin_id bigint references warehouse.bins,
  to_bin_id bigint references warehouse.bins,
  staff_id integer references accounts.staff on delete set null,
  kind warehouse.movement_kind not null,
  quantity integer not null check (quantity > 0),
  moved_at timestamp not null default now(),
  check (from_bin_id is not null or to_bin_id is not null)
);
comment on table warehouse.movements is 'Every change of the stock, never updated.';

create function warehouse.keep_movements() returns trigger language plpgsql as
  'begin raise exception ''movements are never changed''; end';
create trigger movements_stay before update or delete on warehouse.movements
  for each row execute function warehouse.keep_movements();
alter table warehouse.movements enable row level security;
create policy all_movements on warehouse.movements for select using (true);
create policy own_movements on warehouse.movements for insert with check (quantity < 10000);

create table warehouse.carriers (
  id bigint generated always as identity primary key,
  name varchar(80) not null unique
);

create table warehouse.shipments (
  id bigint generated always as identity primary key,
  carrier_id bigint not null references warehouse.carriers,
  dock_id bigint references warehouse.docks,
  tracking_code varchar(60) unique,
  sent_at timestamptz
);

create table warehouse.shipment_items (
  shipment_id bigint not null references warehouse.shipments on delete cascade,
  article_id bigint not null references warehouse.articles,
  quantity integer not null check (quantity > 0),
  primary key (shipment_id, article_id)
);

create table warehouse.returns (
  id bigint generated always as identity primary key,
  shipment_id bigint not null references warehouse.shipments,
  reason text not null,
  received_at timestamptz not null default now()
);

create table warehouse.return_items (
  return_id bigint not null references warehouse.returns on delete cascade,
  article_id bigint not null references warehouse.articles,
  quantity integer not null,
  primary key (return_id, article_id)
);

create table warehouse.counts (
  id bigint generated always as identity primary key,
  site_id bigint not null references warehouse.sites,
  counted_by integer references accounts.staff,
  counted_at timestamptz not null default now()
);

create table warehouse.count_lines (
  count_id bigint not null references warehouse.counts on delete cascade,
  bin_id bigint not null references warehouse.bins,
  article_id bigint not null references warehouse.articles,
  expected integer not null,
  found integer not null,
  primary key (count_id, bin_id, article_id)
);

create table warehouse.sensor_readings (
  zone_id bigint not null references warehouse.zones,
  celsius numeric(4, 1) not null,
  read_at timestamptz not null
);

create view warehouse.stock_by_article as
  select article_id, sum(quantity) as quantity from warehouse.stock group by article_id;
