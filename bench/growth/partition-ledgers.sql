-- The ledgers of an empty database, made anew as tables that are partitioned by hash, each by the id that its key begins
-- with: so every key, and every promise that it keeps, is the same as before. :partitions is a number.
--
-- `transit` stays whole. It holds only what is under way; and the booking asks for `xmax` there, by which it knows a new
-- row, and PostgreSQL answers that for no partitioned table ("cannot retrieve a system column in this context").
alter table warehouse rename to warehouse_whole;
alter table card_line rename to card_line_whole;
alter table movement_leg rename to movement_leg_whole;

create table warehouse (like warehouse_whole including defaults including constraints) partition by hash (warehouse_id);
create table card_line (like card_line_whole including defaults including constraints) partition by hash (warehouse_id);
create table movement_leg (like movement_leg_whole including defaults including constraints) partition by hash (movement_id);
drop table warehouse_whole, card_line_whole, movement_leg_whole;

-- The key of a partition has the name of the whole one, and a number behind it: whoever looks for the rule in the name of a
-- violated constraint finds it. The keys of the whole tables, made afterwards, take these as their parts.
do $$
declare
  part constant text := 'create table %1$I_%3$s partition of %1$I (constraint %1$s_key_%3$s primary key (%2$s))
    for values with (modulus :partitions, remainder %3$s)';
begin
  for n in 0 .. :partitions - 1 loop
    execute format(part, 'warehouse', 'warehouse_id', n) || ' with (fillfactor = 50)';
    execute format(part, 'card_line', 'warehouse_id, product_id, line', n);
    execute format(part, 'movement_leg', 'movement_id, product_id, leg', n);
  end loop;
end
$$;
alter table warehouse add constraint warehouse_key primary key (warehouse_id);
alter table card_line add constraint card_line_key primary key (warehouse_id, product_id, line);
alter table movement_leg add constraint movement_leg_key primary key (movement_id, product_id, leg);

create index held_by_age on movement_leg (warehouse_id, product_id, occurred_at, movement_id) where line is null;
create index held_by_quantity on movement_leg (warehouse_id, product_id, quantity) where line is null;
create index held_by_time on movement_leg ((occurred_at at time zone 'UTC')) where line is null;
create index leg_by_recording on movement_leg (recorded_at) where leg <= 1;
