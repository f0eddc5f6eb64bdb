create schema if not exists accounts;

create table accounts.customers (
  id integer generated always as identity primary key,
  name varchar(80) not null,
  email varchar(254) not null unique,
  country char(2) not null,
  created_at timestamptz not null default now()
);

comment on table accounts.customers is 'People who order.';
