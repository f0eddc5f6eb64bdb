-- depends: warehouse.0001_places
create table warehouse.categories (
  id bigint generated always as identity primary key,
  parent_id bigint references warehouse.categories on delete restrict,
  name varchar(80) not null
);

create table warehouse.brands (
  id bigint generated always as identity primary key,
  name varchar(80) not null unique
);

create table warehouse.articles (
  id bigint generated always as identity primary key,
  category_id bigint not null references warehouse.categories,
  brand_id bigint references warehouse.brands,
  sku varchar(40) not null unique,
  title text not null,
  attributes json,
  weight_grams integer check (weight_grams > 0)
);
create index articles_category_id on warehouse.articles (category_id);
create index articles_category on warehouse.articles (category_id);
comment on table warehouse.articles is 'What can be sold.';
comment on column warehouse.articles.attributes is 'Size, color and the like, as the supplier names them.';

create table warehouse.article_images (
  article_id bigint not null references warehouse.articles on delete cascade,
  position integer not null,
  url text not null,
  primary key (article_id, position)
);

create table warehouse.article_prices (
  article_id bigint not null references warehouse.articles on delete cascade,
  valid_from date not null,
  cents integer not null check (cents >= 0),
  primary key (article_id, valid_from)
);

create table warehouse.tags (
  id bigint generated always as identity primary key,
  name varchar(40) not null unique
);

create table warehouse.article_tags (
  article_id bigint not null references warehouse.articles on delete cascade,
  tag_id bigint not null references warehouse.tags on delete cascade,
  primary key (article_id, tag_id)
);
create index article_tags_tag_id on warehouse.article_tags (tag_id);

create table warehouse.bundles (
  id bigint generated always as identity primary key,
  name varchar(80) not null
);

create table warehouse.bundle_items (
  bundle_id bigint not null references warehouse.bundles on delete cascade,
  article_id bigint not null references warehouse.articles,
  quantity integer not null check (quantity > 0),
  primary key (bundle_id, article_id)
);

create table warehouse.units (
  code varchar(10) primary key,
  name varchar(40) not null
);

create table warehouse.tax_rates (
  country_code char(2) not null references warehouse.countries,
  category_id bigint not null references warehouse.categories,
  percent numeric(4, 1) not null,
  primary key (country_code, category_id)
);
