-- depends: warehouse.0002_goods
create schema if not exists suppliers;

create table suppliers.suppliers (
  id integer generated always as identity primary key,
  name text not null,
  email varchar(254),
  rating integer
);

create table suppliers.supplies (
  id integer generated always as identity primary key,
  supplier_id integer not null references suppliers.suppliers,
  article_id bigint not null references warehouse.articles,
  cents integer not null
);
create index supplies_supplier_id on suppliers.supplies (supplier_id);
create index supplies_article_id on suppliers.supplies (article_id);
