-- Totals that cost a row a partition, however large the ledgers are; and what the latest batches changed, so that a
-- process that books nothing can tell of it. Both are written by the transaction that books.

-- What the transactions of a partition added to the totals. Each one is told exactly by what is written: a new row of
-- `warehouse`, a line numbered 1, a line, a leg 0, a leg 1. (How many movements there are is told by none: the first
-- sides of one may be booked at once on two partitions, and neither sees the other.)
alter table kafka_position
  add column batches bigint not null default 0,
  add column messages_settled bigint not null default 0,
  add column warehouses bigint not null default 0,
  add column cards bigint not null default 0,
  add column lines bigint not null default 0,
  add column movements_departed bigint not null default 0,
  add column movements_arrived bigint not null default 0;

-- What is there already counts for any one partition: only sums are shown. Since the statement above, nobody books.
update kafka_position set
  messages_settled = (select count(*) from movement_leg) + (select count(*) from quarantine),
  warehouses = (select count(*) from warehouse),
  cards = (select count(*) from card_line where line = 1),
  lines = (select count(*) from card_line),
  movements_departed = (select count(*) from movement_leg where leg = 0),
  movements_arrived = (select count(*) from movement_leg where leg = 1)
where (topic, kafka_partition) = (
  select topic, kafka_partition from kafka_position order by topic, kafka_partition limit 1
);

-- The latest batches of each partition, numbered without gaps, each with a bounded account of what it changed. Each new
-- one removes the one that is too old, so the table does not grow.
create table booked_batch (
  topic text not null,
  kafka_partition integer not null,
  batch bigint not null,
  changes json not null,
  constraint booked_batch_key primary key (topic, kafka_partition, batch)
);

-- What has been held longest. An expression, so that no look-up of one card's held departures is planned over it; only
-- departures that are held pay for it.
create index held_by_time on movement_leg ((occurred_at at time zone 'UTC')) where line is null;
