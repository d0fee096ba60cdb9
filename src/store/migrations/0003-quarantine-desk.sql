-- What a person decides about a message in quarantine.
--
-- A redrive is claimed before it is produced, with all that makes up its message: so whoever goes on after a crash
-- produces the very same one, and a second one is a duplicate by its content (src/quarantine-desk.ts).
alter table quarantine
  add column claimed_at timestamptz,
  add column claimed_by text,
  add column correction bytea, -- what was sent in place of the value; null for the message as it is
  add column accepted boolean not null default false, -- counted although an equal report is booked
  add column redriven_topic_id uuid,
  add column redriven_partition integer,
  add column redriven_offset bigint,
  add constraint claim_is_whole check (
    case when claimed_at is null then claimed_by is null and correction is null and not accepted
    else claimed_by is not null end
  ),
  add constraint redriven_has_its_place check (
    (status = 'redriven') = (redriven_offset is not null)
    and (redriven_offset is null) = (redriven_partition is null)
    and (redriven_offset is null) = (redriven_topic_id is null)
  ),
  add constraint redriven_after_its_claim check (status <> 'redriven' or claimed_at is not null),
  -- A message that may be in the log again is not thrown away.
  add constraint discarded_without_claim check (status <> 'discarded' or claimed_at is null),
  add constraint settled_by_somebody check ((settled_at is null) = (settled_by is null));

-- The lists, the oldest first, by status and by status and code. Together they answer all that `quarantine_open` did.
create index quarantine_by_status on quarantine (status, quarantine_id);
create index quarantine_by_code on quarantine (status, code, quarantine_id);
drop index quarantine_open;
