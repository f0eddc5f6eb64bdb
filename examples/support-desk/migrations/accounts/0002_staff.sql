create table accounts.staff (
  id integer generated always as identity primary key,
  name varchar(80) not null,
  email varchar(254) not null unique,
  may_refund boolean not null default false
);

comment on table accounts.staff is 'People who answer.';
comment on column accounts.staff.may_refund is 'May decide about refunds.';
