-- Who moved the position of a partition by hand, from where to where, and why. Booking writes nothing here.
create table position_change (
  position_change_id bigint generated always as identity,
  topic text not null,
  kafka_partition integer not null,
  from_topic_id uuid,
  from_offset bigint,
  to_topic_id uuid not null,
  to_offset bigint not null,
  reason text not null,
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp(),
  constraint position_change_key primary key (position_change_id),
  constraint reason_is_given check (reason <> '')
);
