-- depends: orders.0002_refunds
alter table orders.refunds add column reason varchar(200);
