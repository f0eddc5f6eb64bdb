-- depends: accounts.0002_staff
create schema if not exists warehouse;

create table warehouse.countries (
  code char(2) primary key,
  name varchar(80) not null
);

create table warehouse.sites (
  id bigint generated always as identity primary key,
  country_code char(2) not null references warehouse.countries,
  manager_id integer references accounts.staff on delete set null,
  name varchar(80) not null unique
);
comment on table warehouse.sites is 'Buildings that hold stock.';

create table warehouse.zones (
  id bigint generated always as identity primary key,
  site_id bigint not null references warehouse.sites on delete cascade,
  name varchar(40) not null,
  is_cooled boolean not null default false,
  unique (site_id, name)
);

create table warehouse.aisles (
  id bigint generated always as identity primary key,
  zone_id bigint not null references warehouse.zones on delete cascade,
  number integer not null check (number > 0),
  unique (zone_id, number)
);

create table warehouse.bins (
  id bigint generated always as identity primary key,
  aisle_id bigint not null references warehouse.aisles on delete cascade,
  label varchar(20) not null unique,
  capacity_litres numeric(8, 1) not null check (capacity_litres > 0)
);
create index bins_aisle_id on warehouse.bins (aisle_id);

create table warehouse.docks (
  id bigint generated always as identity primary key,
  site_id bigint not null references warehouse.sites on delete cascade,
  name varchar(20) not null
);

create table warehouse.shifts (
  id bigint generated always as identity primary key,
  site_id bigint not null references warehouse.sites on delete cascade,
  starts_at time not null,
  ends_at time not null
);

create table warehouse.shift_members (
  shift_id bigint not null references warehouse.shifts on delete cascade,
  staff_id integer not null references accounts.staff on delete cascade,
  primary key (shift_id, staff_id)
);
