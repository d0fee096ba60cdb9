-- Spreads the ledgers of a Bincard database over the nodes of a Citus cluster. Run on the coordinator, once, with every process of
-- Bincard stopped, after a backup:
--   psql --set ON_ERROR_STOP=1 --file distribute.sql
-- What it does, what was and what was not tried, and the way back: README.md.

-- Every transaction touches many shards: few of them cost less. 32, the default, is for clusters that will grow.
set citus.shard_count = 8;

-- The cards: the lock of a warehouse lies with its lines.
select create_distributed_table('warehouse', 'warehouse_id');
select create_distributed_table('card_line', 'warehouse_id', colocate_with => 'warehouse');

-- The movements: what is under way lies with its legs.
select create_distributed_table('movement_leg', 'movement_id', colocate_with => 'none');
select create_distributed_table('transit', 'movement_id', colocate_with => 'movement_leg');

-- A row a batch: they stay on the coordinator, and the cluster knows of them.
select citus_add_local_table_to_metadata(t)
from unnest(array[
  'kafka_position', 'booked_batch', 'quarantine', 'cache_epoch', 'outbox_lines', 'outbox_dead_letter', 'position_change', 'migration'
]::regclass[]) as t;

-- What the rows have left behind in the tables that are only shells now.
select truncate_local_data_after_distributing_table(t)
from unnest(array['warehouse', 'card_line', 'movement_leg', 'transit']::regclass[]) as t;

-- Each node plans by what it has.
analyze;

select table_name, citus_table_type, distribution_column, shard_count, table_size
from citus_tables order by table_name;
