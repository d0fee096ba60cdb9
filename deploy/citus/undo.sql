-- Brings everything back into one PostgreSQL: the coordinator needs the room for all of it. Run there, with every process of Bincard
-- stopped:
--   psql --set ON_ERROR_STOP=1 --file undo.sql
-- Then compare: bincard verify.
select undistribute_table(t)
from unnest(array['warehouse', 'card_line', 'movement_leg', 'transit']::regclass[]) as t;

select undistribute_table(t)
from unnest(array[
  'kafka_position', 'booked_batch', 'quarantine', 'cache_epoch', 'outbox_lines', 'outbox_dead_letter', 'position_change', 'migration'
]::regclass[]) as t;

analyze;
