-- Names the contents of this database to the cache: pages that were kept under another epoch are not answered. Whoever
-- replaces the contents (a restore from a backup, a rebuild) renews it:
--   update cache_epoch set epoch = gen_random_uuid();
create table cache_epoch (
  only_row boolean not null default true,
  epoch uuid not null,
  constraint cache_epoch_key primary key (only_row),
  constraint one_row check (only_row)
);
insert into cache_epoch (epoch) values (gen_random_uuid());
