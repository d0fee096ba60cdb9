-- What is still to be told to other topics. Both tables are empty but for what is on its way.

-- A row for each batch: of its cards the first and the last line that it wrote. The lines themselves are in card_line and
-- never change. The number is drawn while the warehouses of the batch are locked: of two batches on one card, the later has
-- the higher number, and whoever sees it sees the earlier, too. So the order of the numbers is the order of each card's lines.
create table outbox_lines (
  outbox_id bigint generated always as identity,
  warehouse_ids uuid[] not null,
  product_ids uuid[] not null,
  first_lines bigint[] not null,
  last_lines bigint[] not null,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint outbox_lines_key primary key (outbox_id)
);

-- The messages that went into quarantine, by their number there.
create table outbox_dead_letter (
  quarantine_id bigint not null,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint outbox_dead_letter_key primary key (quarantine_id)
);
