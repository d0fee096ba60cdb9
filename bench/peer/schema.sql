-- What a user would build who keeps stock with a sink and no service: one table that the sink fills, and a trigger.
--
-- It can be asked the two questions of a stock ledger: what became of a movement (primary key), and what happened to a
-- product in a warehouse (index). The trigger works once for each statement of the sink, hence for some thousand rows
-- at a time. What the sink stores again is an update for PostgreSQL, so a replay leaves the stock alone.

create table movement_event (
  seq bigint generated always as identity,
  movement_id uuid not null,
  product_id uuid not null,
  event text not null,
  warehouse_id uuid not null,
  quantity bigint not null,
  occurred_at timestamptz not null,
  source text not null,
  message_id text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (movement_id, event)
);
create index movement_event_by_card on movement_event (warehouse_id, product_id, seq);

create table stock (
  warehouse_id uuid not null,
  product_id uuid not null,
  quantity bigint not null,
  primary key (warehouse_id, product_id),
  constraint stock_not_negative check (quantity >= 0)
);

create function keep_stock() returns trigger language plpgsql as $$
begin
  -- Rows in the order of their key, here and below: two tasks of the sink wait for each other, but never in a circle.
  insert into stock (warehouse_id, product_id, quantity)
  select distinct warehouse_id, product_id, 0
  from stored
  where not exists (
    select from stock
    where stock.warehouse_id = stored.warehouse_id and stock.product_id = stored.product_id
  )
  order by warehouse_id, product_id
  on conflict do nothing;

  with change as (
    select warehouse_id, product_id, sum(case event when 'arrival' then quantity else -quantity end) as quantity
    from stored
    group by warehouse_id, product_id
  ), locked as materialized (
    select warehouse_id, product_id, change.quantity
    from stock
    join change using (warehouse_id, product_id)
    order by warehouse_id, product_id
    for update of stock
  )
  update stock
  set quantity = stock.quantity + locked.quantity
  from locked
  where stock.warehouse_id = locked.warehouse_id and stock.product_id = locked.product_id;
  return null;
end
$$;

create trigger movement_event_keeps_stock
after insert on movement_event
referencing new table as stored
for each statement execute function keep_stock();
