-- depends: orders.0002_refunds, accounts.0002_staff
create table orders.order_notes (
  id integer generated always as identity primary key,
  order_id integer not null references orders.orders on delete cascade,
  author_id integer references accounts.staff on delete set null,
  body text not null,
  created_at timestamptz not null default now()
);

create index order_notes_order_id on orders.order_notes (order_id);
