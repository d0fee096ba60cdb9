-- Two ledgers, each keyed by what it is asked for: a movement is its legs, a card is its lines.
-- There is no table of quantities: the quantity of a card is the balance of its last line.
-- What the database can refuse, it refuses by a named constraint, whatever the code does.

-- The lock of all cards of a warehouse, and the proof that what a process remembers of them is still true:
-- every transaction that takes the row writes a fresh random token and keeps the one before.
create table warehouse (
  warehouse_id uuid not null,
  version bigint not null default 1,
  token uuid not null,
  prev_token uuid,
  last_recorded_at timestamptz not null,
  source text,
  constraint warehouse_key primary key (warehouse_id)
) with (fillfactor = 50); -- updated by every batch: room for the next version on the same page

-- Every accepted event once. Leg 0 is the departure, 1 and up are the arrivals, gapless.
-- `line` is the number the event got on its card; null while a departure is held.
create table movement_leg (
  movement_id uuid not null,
  product_id uuid not null,
  leg integer not null,
  warehouse_id uuid not null,
  quantity bigint not null,
  occurred_at timestamptz not null,
  source text not null,
  message_id text not null,
  kafka_partition integer not null,
  kafka_offset bigint not null,
  recorded_at timestamptz not null,
  line bigint,
  constraint movement_leg_key primary key (movement_id, product_id, leg),
  constraint leg_not_negative check (leg >= 0),
  constraint quantity_of_its_kind check (quantity between case when leg = 0 then 1 else 0 end and 1000000000000),
  constraint only_departures_are_held check (line is not null or leg = 0)
);

-- The held departures of a card: oldest first for a release, smallest first to know whether one can fit.
create index held_by_age on movement_leg (warehouse_id, product_id, occurred_at, movement_id) where line is null;
create index held_by_quantity on movement_leg (warehouse_id, product_id, quantity) where line is null;

-- The lines of the cards, gapless for each card, never updated.
create table card_line (
  warehouse_id uuid not null,
  product_id uuid not null,
  line bigint not null,
  movement_id uuid not null,
  leg integer not null,
  change bigint not null,
  balance bigint not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  constraint card_line_key primary key (warehouse_id, product_id, line),
  constraint line_counts_from_one check (line >= 1),
  constraint balance_not_negative check (balance >= 0),
  constraint balance_is_exact_in_json check (balance <= 9007199254740991),
  constraint change_of_its_kind check (case when leg = 0 then change < 0 else change >= 0 end)
);

-- What has left and not arrived, per movement and product, signed: departed (held ones count) minus arrived.
-- Written only as a difference, never from what was read; a row of zero is deleted.
create table transit (
  movement_id uuid not null,
  product_id uuid not null,
  quantity bigint not null,
  since timestamptz not null,
  constraint transit_key primary key (movement_id, product_id)
);

-- Messages that cannot be understood or contradict what is booked, whole, for a person.
create table quarantine (
  quarantine_id bigint generated always as identity,
  topic text not null,
  topic_id uuid not null,
  kafka_partition integer not null,
  kafka_offset bigint not null,
  key bytea,
  value bytea,
  header_names bytea[] not null,
  header_values bytea[] not null,
  code text not null,
  field text,
  detail text not null,
  movement_id uuid,
  received_at timestamptz not null,
  status text not null default 'open',
  settled_at timestamptz,
  settled_by text,
  reason text,
  constraint quarantine_key primary key (quarantine_id),
  constraint quarantined_once unique (topic_id, kafka_partition, kafka_offset),
  constraint status_is_known check (status in ('open', 'redriven', 'discarded')),
  constraint settled_when_not_open check ((status = 'open') = (settled_at is null))
);
create index quarantine_open on quarantine (code, quarantine_id) where status = 'open';

-- How far each partition of the topic is booked. Advanced by compare-and-set, first in every transaction of the
-- intake: it fences a former owner. The three counters are what that partition's transactions added to the
-- totals; a partition's own may be negative, their sum over all partitions is exact, and costs a scrape nothing.
create table kafka_position (
  topic text not null,
  kafka_partition integer not null,
  topic_id uuid not null,
  leader_epoch integer not null,
  next_offset bigint not null,
  movements_in_transit bigint not null default 0,
  departures_held bigint not null default 0,
  messages_quarantined bigint not null default 0,
  constraint kafka_position_key primary key (topic, kafka_partition),
  constraint offset_not_negative check (next_offset >= 0)
) with (fillfactor = 50);
