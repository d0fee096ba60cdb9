/** Made by `npm run docs` from the OpenAPI document; changes belong into the routes. */
import type { CallOptions } from './call.ts'

/** Every error is answered in this form (RFC 9457). */
export type Problem = {
  /** The kind of problem: `/problems/` and its code. */
  readonly type: string

  /** The kind of problem in one sentence. */
  readonly title: string

  /** The HTTP status. */
  readonly status: number

  /** What is wrong with this request. */
  readonly detail: string

  /** The path that was asked for. */
  readonly instance: string

  /** Stable: programs should look at this, people at the rest. */
  readonly code:
    | 'malformed_id'
    | 'malformed_quarantine_id'
    | 'malformed_cursor'
    | 'limit_out_of_range'
    | 'malformed_time'
    | 'malformed_filter'
    | 'filters_unsupported'
    | 'malformed_position'
    | 'partition_unknown'
    | 'unknown_query_parameter'
    | 'malformed_url'
    | 'malformed_request'
    | 'malformed_body'
    | 'key_missing'
    | 'key_unknown'
    | 'role_too_low'
    | 'outside_scope'
    | 'malformed_batch'
    | 'malformed_file'
    | 'movement_unknown'
    | 'card_unknown'
    | 'warehouse_unknown'
    | 'product_unknown'
    | 'quarantined_message_unknown'
    | 'route_unknown'
    | 'method_not_allowed'
    | 'request_timed_out'
    | 'not_yet_booked'
    | 'already_redriven'
    | 'already_discarded'
    | 'redrive_begun'
    | 'body_too_large'
    | 'unsupported_media_type'
    | 'nothing_acceptable'
    | 'file_rejected'
    | 'still_rejected'
    | 'accept_unsupported'
    | 'departure_counts_once'
    | 'rate_limited'
    | 'headers_too_large'
    | 'internal_error'
    | 'database_unavailable'
    | 'broker_unavailable'
    | 'topic_recreated'
    | 'stream_full'
    | 'answer_timed_out'

  /** Only with `nothing_acceptable`, `still_rejected` and `file_rejected`: why each event, or row, was rejected. */
  readonly rejections?: readonly {
    /** Which event of the request; 0 is the first. Of a file, which of its wrong rows. */
    readonly index: number

    /** Of a file only: the line; 1 is the first. */
    readonly line?: number

    /** Stable: why it was rejected. */
    readonly code: string

    /** The path of the field, or the column, at fault, if it is one. */
    readonly field: string | null

    /** The same in a sentence. */
    readonly detail: string
  }[]
}

/** The first that fits. `opening_stock`: what a card began with; no other side belongs to it. `mismatched`: one product only departed, another only arrived. `departure_held`: the departure is known and larger than the stock, so stock has not changed there. `awaiting_departure`: arrived, no departure known. `in_transit`: departed, nothing arrived. `completed`, `short`, `over`: the arrivals add up to as much as, less than, more than departed. */
export type MovementStatus =
  | 'opening_stock'
  | 'mismatched'
  | 'departure_held'
  | 'awaiting_departure'
  | 'in_transit'
  | 'completed'
  | 'short'
  | 'over'

/** `product_mismatch`: see status `mismatched`. `clock_skew`: it arrived before it departed. `same_warehouse`: it arrived where it departed. `partial_deliveries`: it arrived in more than one delivery. `future_timestamp`: a timestamp is later than the moment at which its event was recorded. */
export type MovementFlag =
  'product_mismatch' | 'clock_skew' | 'same_warehouse' | 'partial_deliveries' | 'future_timestamp'

/** One product of a movement. */
export type MovementEntry = {
  readonly status: MovementStatus

  /** The product. Lower-case. */
  readonly product_id: string

  /** Null while no departure is known. */
  readonly sender: {
    /** The warehouse. Lower-case. */
    readonly warehouse_id: string

    /** The short code of the warehouse that sent the event. */
    readonly source: string

    /** When the goods left. RFC 3339, UTC. */
    readonly timestamp: string

    /** Pieces. */
    readonly quantity: number
  } | null

  /** Null while nothing arrived. Of several deliveries: warehouse and source of the first. */
  readonly receiver: {
    /** The warehouse. Lower-case. */
    readonly warehouse_id: string

    /** The short code of the warehouse that sent the event. */
    readonly source: string

    /** When the last delivery came. RFC 3339, UTC. */
    readonly timestamp: string

    /** Pieces, all deliveries together. */
    readonly quantity: number

    /** How many there were; `events` lists them. */
    readonly deliveries: number
  } | null

  /** From the departure to the last arrival, to the microsecond. Negative where the clocks disagree; null until both are known. */
  readonly elapsed_seconds: number | null

  /** Arrived minus departed; null until both are known. */
  readonly quantity_difference: number | null

  readonly flags: readonly MovementFlag[]
}

/** One accepted report of a warehouse. */
export type MovementEvent = {
  /** Goods left, or goods came. */
  readonly event: 'departure' | 'arrival'

  /** The warehouse that reports. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** Pieces. */
  readonly quantity: number

  /** When it happened, by the clock of the warehouse. RFC 3339, UTC. */
  readonly timestamp: string

  /** `held`: a departure larger than the stock; it waits, stock is unchanged. */
  readonly state: 'booked' | 'held'

  /** Its line on the card; null while it is held. */
  readonly card_line: number | null

  /** CloudEvents `source`. */
  readonly source: string

  /** CloudEvents `id`. Producers repeat them. */
  readonly message_id: string

  /** Partition of the Kafka topic. */
  readonly partition: number

  /** Place in the partition. */
  readonly offset: number

  /** When it was recorded here. RFC 3339, UTC. */
  readonly recorded_at: string
}

/** A movement of goods. Of several products the top level shows the first to depart, or both sides of a `product_mismatch`. */
export type Movement = {
  /** The movement. Lower-case. */
  readonly movement_id: string

  readonly status: MovementStatus

  /** The product. Lower-case. */
  readonly product_id: string

  /** Null while no departure is known. */
  readonly sender: {
    /** The warehouse. Lower-case. */
    readonly warehouse_id: string

    /** The short code of the warehouse that sent the event. */
    readonly source: string

    /** When the goods left. RFC 3339, UTC. */
    readonly timestamp: string

    /** Pieces. */
    readonly quantity: number
  } | null

  /** Null while nothing arrived. Of several deliveries: warehouse and source of the first. */
  readonly receiver: {
    /** The warehouse. Lower-case. */
    readonly warehouse_id: string

    /** The short code of the warehouse that sent the event. */
    readonly source: string

    /** When the last delivery came. RFC 3339, UTC. */
    readonly timestamp: string

    /** Pieces, all deliveries together. */
    readonly quantity: number

    /** How many there were; `events` lists them. */
    readonly deliveries: number
  } | null

  /** From the departure to the last arrival, to the microsecond. Negative where the clocks disagree; null until both are known. */
  readonly elapsed_seconds: number | null

  /** Arrived minus departed; null until both are known. */
  readonly quantity_difference: number | null

  readonly flags: readonly MovementFlag[]

  /** All accepted reports, ordered by timestamp, then warehouse. */
  readonly events: readonly MovementEvent[]

  /** One entry for each product; left out when there is only one. */
  readonly products?: readonly MovementEntry[]
}

/** One booked event on a card. Lines never change and are never removed. */
export type CardLine = {
  /** Its number on the card, without gaps. */
  readonly line: number

  /** Goods left, or goods came. */
  readonly event: 'departure' | 'arrival'

  /** Pieces; negative for a departure. */
  readonly change: number

  /** The stock after this line. */
  readonly balance: number

  /** The movement. Lower-case. */
  readonly movement_id: string

  /** Where the goods came from, or the first place they came to. Null while that is not known. Lower-case. */
  readonly counterparty_warehouse_id: string | null

  readonly status: MovementStatus

  /** When it happened, by the clock of the warehouse. RFC 3339, UTC. */
  readonly timestamp: string

  /** When the line was written. RFC 3339, UTC. */
  readonly recorded_at: string
}

/** The stock of one product in one warehouse, all of one moment. */
export type Card = {
  /** The warehouse. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** The stock: the balance of the last line. */
  readonly quantity: number

  /** The sum of departures that wait for stock. The digits are exact, also beyond 2^53. */
  readonly held_quantity: number

  /** Number of the last line; 0 if there is none. */
  readonly last_line: number

  /** When the last line was written; null if there is none. RFC 3339, UTC. */
  readonly updated_at: string | null

  /** The newest line first. */
  readonly history: readonly CardLine[]

  /** Pass it as `cursor` for the lines before; null at the first line. */
  readonly next_cursor: string | null
}

export type Warehouse = {
  /** The warehouse. Lower-case. */
  readonly warehouse_id: string

  /** The short code under which it reported last. */
  readonly source: string | null

  /** When a report of it was recorded last. RFC 3339, UTC. */
  readonly last_recorded_at: string
}

/** Warehouses by id. */
export type WarehousePage = {
  readonly items: readonly Warehouse[]

  /** Pass it as `cursor` for the next page; null at the end of the list. */
  readonly next_cursor: string | null
}

export type Quantity = {
  /** The warehouse. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** The stock: the balance of the last line. */
  readonly quantity: number

  /** Number of the last line; 0 if there is none. */
  readonly last_line: number

  /** When the last line was written; null if there is none. RFC 3339, UTC. */
  readonly updated_at: string | null
}

/** The stock on several cards. */
export type QuantityPage = {
  readonly items: readonly Quantity[]

  /** Pass it as `cursor` for the next page; null at the end of the list. */
  readonly next_cursor: string | null
}

export type HeldDeparture = {
  /** The warehouse that reports the departure. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** The movement. Lower-case. */
  readonly movement_id: string

  /** Pieces that left, by the report. */
  readonly quantity: number

  /** The stock on the card. */
  readonly balance: number

  /** Quantity minus balance: what would release it. */
  readonly missing: number

  /** When it happened, by the clock of the warehouse. RFC 3339, UTC. */
  readonly timestamp: string

  /** When it was recorded here. RFC 3339, UTC. */
  readonly recorded_at: string
}

/** Departures that wait for stock, card by card. */
export type HeldDeparturePage = {
  readonly items: readonly HeldDeparture[]

  /** Pass it as `cursor` for the next page; null at the end of the list. */
  readonly next_cursor: string | null
}

export type ListedMovement = {
  /** The movement. Lower-case. */
  readonly movement_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  readonly status: MovementStatus

  /** Pieces; null while no departure is known. */
  readonly departed: number | null

  /** Pieces, all deliveries together; null while nothing arrived. */
  readonly arrived: number | null

  /** Where it departed; null while that is not known. Lower-case. */
  readonly sender_warehouse_id: string | null

  /** The first place it came to; null while nothing arrived. Lower-case. */
  readonly receiver_warehouse_id: string | null

  /** When the first report of it was recorded. RFC 3339, UTC. */
  readonly recorded_at: string
}

/** Movements, each product of one by itself; the last to be mentioned first. */
export type ListedMovementPage = {
  readonly items: readonly ListedMovement[]

  /** Pass it as `cursor` for the next page; null at the end of the list. */
  readonly next_cursor: string | null
}

export type OpenMovement = {
  /** The movement. Lower-case. */
  readonly movement_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  readonly status: MovementStatus

  /** Pieces; null while no departure is known. */
  readonly departed: number | null

  /** Pieces, all deliveries together; null while nothing arrived. */
  readonly arrived: number | null

  /** Where it departed; null while that is not known. Lower-case. */
  readonly sender_warehouse_id: string | null

  /** The first place it came to; null while nothing arrived. Lower-case. */
  readonly receiver_warehouse_id: string | null

  /** Departed minus arrived; negative if more arrived. */
  readonly quantity: number

  /** Of the oldest report. RFC 3339, UTC. */
  readonly since: string

  /** Since then; negative if that is dated in the future. */
  readonly age_seconds: number
}

/** Movements of which not as much arrived as departed, the oldest first. */
export type OpenMovementPage = {
  readonly items: readonly OpenMovement[]

  /** Pass it as `cursor` for the next page; null at the end of the list. */
  readonly next_cursor: string | null
}

export type CardQuery = {
  readonly cards: readonly {
    /** The warehouse: a UUID of any version, in either case. */
    readonly warehouse_id: string

    /** The product: a UUID of any version, in either case. */
    readonly product_id: string
  }[]
}

/** The stock on each card, in the order of the question, all of one moment. */
export type CardQuantities = {
  readonly items: readonly Quantity[]
}

/** What a warehouse reports. */
export type MovementData = {
  /** Shared by the departure and its arrivals. Of any version, in either case. */
  readonly movement_id: string

  /** Where it happened. Of any version, in either case. */
  readonly warehouse_id: string

  /** What was moved. Of any version, in either case. */
  readonly product_id: string

  /** Goods left, or goods came. */
  readonly event: 'departure' | 'arrival'

  /** When it happened: RFC 3339, to the microsecond; UTC if it has no offset. */
  readonly timestamp: string

  /** Pieces; of a departure at least 1, of an arrival 0 if nothing came. */
  readonly quantity: number
}

/** A CloudEvent as it is in Kafka; more attributes may be there. */
export type MovementMessage = {
  /** Of CloudEvents. */
  readonly specversion: '1.0'

  /** The one type that is read. */
  readonly type: 'ru.retail.warehouses.movement'

  /** The short code of the warehouse. */
  readonly source: string

  /** Of the message. */
  readonly id: string

  /** May end in `:DEPARTURE` or `:ARRIVAL`, if the data say so, too. */
  readonly subject?: string | null

  /** If it ends in a version, its first number must be 1. */
  readonly dataschema?: string | null

  /** When it was sent: milliseconds since 1970, or RFC 3339. Not used. */
  readonly time?: number | string | null

  readonly data: MovementData
  readonly [name: string]: unknown
}

/** What became of one event, or in a dry run what would. */
export type EventOutcome = {
  /** Which event of the request; 0 is the first. */
  readonly index: number

  /** `booked`: it has its line on the card. `held`: a departure larger than the stock; it gets its line when there is enough. `duplicate`: it was known already, nothing has changed. `quarantined`: it contradicts what is booked, and waits for a person. `accepted`: it is in the log and not booked yet; ask with `?after=PARTITION:OFFSET`. `rejected`: it cannot be understood, and was not taken. */
  readonly outcome: 'booked' | 'held' | 'duplicate' | 'quarantined' | 'accepted' | 'rejected'

  /** Its line on the card, if it is booked and not rehearsed. */
  readonly card_line: number | null

  /** Of the topic; null if it is not in it. */
  readonly partition: number | null

  /** In the partition. */
  readonly offset: number | null

  /** Why it is rejected or quarantined: a stable code. */
  readonly code: string | null

  /** The path of the field at fault, if it is one field. */
  readonly field: string | null

  /** The same in a sentence. */
  readonly detail: string | null
}

/** What became of the events of one request. */
export type IngestResult = {
  /** Nothing was taken; these outcomes are only what would become. */
  readonly dry_run: boolean

  /** One for each event, in their order. */
  readonly outcomes: readonly EventOutcome[]
}

/** A row that contradicts what is booked. */
export type OpeningConflict = {
  /** In the file; 1 is the first. */
  readonly line: number

  /** Of the card. Lower-case. */
  readonly warehouse_id: string

  /** Of the card. Lower-case. */
  readonly product_id: string

  /** Why: a stable code, as in quarantine. */
  readonly code: string

  /** The same in a sentence. */
  readonly detail: string
}

/** What became of a file of opening stock. */
export type OpeningStockResult = {
  /** Nothing was taken; this is only what would become. */
  readonly dry_run: boolean

  /** Of the file. */
  readonly rows: number

  /** How many rows had each outcome. */
  readonly outcomes: {
    /** The card begins with this. */
    readonly booked: number

    /** The card began with just this before; nothing has changed. */
    readonly duplicate: number

    /** It contradicts what is booked, and waits for a person; in a dry run, it would. */
    readonly quarantined: number

    /** In the log, and not booked yet when the wait ended. */
    readonly accepted: number
  }

  /** The rows that are `quarantined`: the first 1,000. */
  readonly conflicts: readonly OpeningConflict[]

  /** The last place in each partition. A read with `?after=` any of them waits for it. */
  readonly after: readonly string[]
}

export type QuarantineItem = {
  /** The number of the message in quarantine. */
  readonly quarantine_id: number

  /** Why it was not booked: a stable code. */
  readonly code: string

  /** The path of the field at fault, if it is one field. */
  readonly field: string | null

  /** The same in a sentence. */
  readonly detail: string

  /** `open`: it waits for a person. `redriven`: it was written to the topic again. `discarded`: it is not to be booked. */
  readonly status: 'open' | 'redriven' | 'discarded'

  /** When it was read from the topic. RFC 3339, UTC. */
  readonly received_at: string

  /** The topic that it was read from. */
  readonly topic: string

  /** Partition of that topic. */
  readonly partition: number

  /** Place in the partition. */
  readonly offset: number

  /** The movement, where it could be read. Lower-case. */
  readonly movement_id: string | null

  /** When somebody began to redrive it. Of an open message: it was interrupted, or is under way. RFC 3339, UTC. */
  readonly redrive_begun_at: string | null

  /** When it was redriven or discarded. RFC 3339, UTC. */
  readonly settled_at: string | null

  /** Who decided that. The name of the API key, or `anonymous` where there are no keys. */
  readonly settled_by: string | null

  /** Why it was discarded. */
  readonly reason: string | null

  /** Where the message is in the log again; null unless it was redriven. */
  readonly redriven_to: {
    /** Of the topic. Lower-case. */
    readonly topic_id: string

    /** Of the topic. */
    readonly partition: number

    /** In the partition. */
    readonly offset: number
  } | null
}

/** Messages in quarantine, the oldest first, without what they say. */
export type QuarantineItemPage = {
  readonly items: readonly QuarantineItem[]

  /** Pass it as `cursor` for the next page; null at the end of the list. */
  readonly next_cursor: string | null
}

/** Bytes as they are. */
export type Bytes = {
  /** What `data` is: the text itself, or, where it is none, the bytes in Base64. */
  readonly encoding: 'utf-8' | 'base64'

  readonly data: string
}

/** A message in quarantine, whole. */
export type QuarantinedMessage = {
  /** The number of the message in quarantine. */
  readonly quarantine_id: number

  /** Why it was not booked: a stable code. */
  readonly code: string

  /** The path of the field at fault, if it is one field. */
  readonly field: string | null

  /** The same in a sentence. */
  readonly detail: string

  /** `open`: it waits for a person. `redriven`: it was written to the topic again. `discarded`: it is not to be booked. */
  readonly status: 'open' | 'redriven' | 'discarded'

  /** When it was read from the topic. RFC 3339, UTC. */
  readonly received_at: string

  /** The topic that it was read from. */
  readonly topic: string

  /** Partition of that topic. */
  readonly partition: number

  /** Place in the partition. */
  readonly offset: number

  /** The movement, where it could be read. Lower-case. */
  readonly movement_id: string | null

  /** When somebody began to redrive it. Of an open message: it was interrupted, or is under way. RFC 3339, UTC. */
  readonly redrive_begun_at: string | null

  /** When it was redriven or discarded. RFC 3339, UTC. */
  readonly settled_at: string | null

  /** Who decided that. The name of the API key, or `anonymous` where there are no keys. */
  readonly settled_by: string | null

  /** Why it was discarded. */
  readonly reason: string | null

  /** Where the message is in the log again; null unless it was redriven. */
  readonly redriven_to: {
    /** Of the topic. Lower-case. */
    readonly topic_id: string

    /** Of the topic. */
    readonly partition: number

    /** In the partition. */
    readonly offset: number
  } | null

  /** Of the Kafka record. */
  readonly key: Bytes | null

  /** Of the Kafka record; null for a tombstone. */
  readonly value: Bytes | null

  /** Of the Kafka record, in their order. */
  readonly headers: readonly {
    readonly name: Bytes

    /** Null is no value. */
    readonly value: Bytes | null
  }[]

  /** Of `possible_duplicate`, `departure_conflict` and `arrival_conflict`: the accepted reports of the same movement and product that speak against it now. */
  readonly conflicts_with: readonly MovementEvent[]

  /** What somebody has begun to redrive; null if nobody has. While the message is open it may be in the log or not: sending the same again finishes it. */
  readonly redrive: {
    /** When. RFC 3339, UTC. */
    readonly begun_at: string

    /** The name of the API key, or `anonymous` where there are no keys. */
    readonly begun_by: string

    /** It counts although an equal report is booked. */
    readonly accepted: boolean

    /** What was sent in place of the value; null for the message as it is. */
    readonly message: Bytes | null
  } | null
}

/** Nothing for the message as it is, or one of these. */
export type RedriveRequest = {
  /** The corrected CloudEvent, whole, in structured mode. */
  readonly message?: {
    readonly [name: string]: unknown
  }

  /** Only for an arrival that is a `possible_duplicate`: it counts beside its equal. */
  readonly accept?: true
}

export type DiscardRequest = {
  /** For whoever asks later why it was not booked. */
  readonly reason: string
}

export type RedriveAllRequest = {
  /** Only messages that were rejected with this code. */
  readonly code:
    | 'message_empty'
    | 'message_too_large'
    | 'not_utf8'
    | 'not_json'
    | 'not_an_object'
    | 'field_missing'
    | 'field_invalid'
    | 'specversion_unsupported'
    | 'type_unknown'
    | 'dataschema_unsupported'
    | 'subject_contradicts'
    | 'time_invalid'
    | 'uuid_invalid'
    | 'event_unknown'
    | 'timestamp_invalid'
    | 'timestamp_too_fine'
    | 'timestamp_out_of_range'
    | 'timestamp_in_future'
    | 'quantity_invalid'
    | 'quantity_out_of_range'
    | 'possible_duplicate'
    | 'departure_conflict'
    | 'arrival_conflict'
    | 'movement_too_large'
    | 'quantity_overflow'
    | 'refused_by_database'

  /** Messages at most. */
  readonly limit?: number

  /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
  readonly cursor?: string
}

/** A message that was redriven. Asking for the same again answers what has become of it by then. */
export type Redriven = {
  /** The number of the message in quarantine. */
  readonly quarantine_id: number

  /** What became of it, as `POST /api/events` says it. `accepted`: it is in the log and not booked yet. `quarantined`: it was rejected again, and is in quarantine anew. */
  readonly outcome: 'booked' | 'held' | 'duplicate' | 'quarantined' | 'accepted'

  /** Its line on the card, if it is booked. */
  readonly card_line: number | null

  /** Where it is now: partition of the topic. */
  readonly partition: number

  /** Where it is now: place in the partition. */
  readonly offset: number

  /** Why it is quarantined. */
  readonly code: string | null

  /** The path of the field at fault, if it is one field. */
  readonly field: string | null

  /** The same in a sentence. */
  readonly detail: string | null

  /** When it was redriven. RFC 3339, UTC. */
  readonly settled_at: string | null

  /** Who redrove it. */
  readonly settled_by: string | null
}

/** What became of the open messages of a code. */
export type RedrivenAll = {
  /** How many had each outcome. `rejected`: they would be rejected again, and stay open. */
  readonly outcomes: {
    readonly booked: number

    readonly held: number

    readonly duplicate: number

    readonly quarantined: number

    readonly accepted: number

    readonly rejected: number
  }

  /** There are more: pass it as `cursor`. Null if these were the last ones. */
  readonly next_cursor: string | null
}

/** The process runs. */
export type Liveness = {
  /** Always the same: the process answers. */
  readonly status: 'alive'
}

/** One thing that the service cannot do without. */
export type Dependency = {
  /** Whether it does its work. */
  readonly state: 'ok' | 'starting' | 'failing'

  /** One sentence for a person, or null. */
  readonly detail: string | null
}

/** Whether all work is done here, and what is missing. */
export type Health = {
  /** `ready` if every dependency is `ok`; `stopping` after SIGTERM. */
  readonly status: 'ready' | 'not_ready' | 'stopping'

  readonly dependencies: {
    readonly postgres: Dependency

    readonly kafka: Dependency

    readonly intake: Dependency
  }
}

/** Whether requests should be sent here. */
export type Serving = {
  /** `starting` until the schema is there, the consumer group joined and all its partitions under way, once; `stopping` after SIGTERM. */
  readonly status: 'serving' | 'starting' | 'stopping'
}

/** Exact, and counted by the transactions that book. */
export type Totals = {
  /** Warehouses that any event mentions. */
  readonly warehouses: number

  /** Cards that have a line. */
  readonly cards: number

  /** Lines of all cards. */
  readonly lines: number

  /** Movements that departed, held ones as well; each product of one by itself. */
  readonly movements_departed: number

  /** Movements of which something arrived; each product of one by itself. */
  readonly movements_arrived: number

  /** Movements of which not as much arrived as departed; each product by itself. */
  readonly movements_in_transit: number

  /** Departures that wait for stock. */
  readonly departures_held: number

  /** Messages that wait for a person. */
  readonly quarantine_open: number
}

export type PartitionLag = {
  /** Its number. */
  readonly partition: number

  /** All before it is booked; null if nobody has taken the partition yet. */
  readonly next_offset: number | null

  /** Up to where the log can be read; null while Kafka does not say. */
  readonly log_end_offset: number | null

  /** Messages between the two; null if one of them is not known. */
  readonly lag: number | null
}

export type Lag = {
  /** Messages that wait in all partitions; null if one of them is not known. */
  readonly total: number | null

  readonly partitions: readonly PartitionLag[]
}

export type Rate = {
  /** Messages that got an outcome; null while that is not known. */
  readonly events_per_second: number | null

  /** The mean is over so long: a minute, or less soon after the start. */
  readonly over_seconds: number | null
}

export type OldestHeld = {
  /** The warehouse. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** The movement. Lower-case. */
  readonly movement_id: string

  /** Pieces that left, by the report. */
  readonly quantity: number

  /** When it happened, by the clock of the warehouse. RFC 3339, UTC. */
  readonly timestamp: string
}

export type OldestInTransit = {
  /** The movement. Lower-case. */
  readonly movement_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** Departed minus arrived; negative if more arrived. */
  readonly quantity: number

  /** Of the oldest report. RFC 3339, UTC. */
  readonly since: string
}

export type OpenQuarantine = {
  /** Why they cannot be booked. */
  readonly code: string

  /** Messages that wait under it. */
  readonly count: number

  /** There are more than 1000. */
  readonly more: boolean

  /** When the first of them was read. RFC 3339, UTC. */
  readonly oldest_received_at: string
}

export type Attention = {
  /** Waits longest for stock. */
  readonly oldest_held: OldestHeld | null

  /** Has been under way longest. */
  readonly oldest_in_transit: OldestInTransit | null

  /** By code. */
  readonly quarantine_open: readonly OpenQuarantine[]
}

/** The age from which on something is overdue, by the settings of the service. */
export type Overdue = {
  /** For what is under way. */
  readonly transit_seconds: number

  /** For departures that wait for stock, and for messages in quarantine. */
  readonly held_seconds: number
}

/** The state of everything at a glance. */
export type Overview = {
  readonly totals: Totals

  readonly lag: Lag

  readonly rate: Rate

  readonly attention: Attention

  readonly overdue: Overdue
}

export type ThroughputPoint = {
  /** The end of the time that this is the mean of. RFC 3339, UTC. */
  readonly end: string

  /** How long that time is: five seconds or so. */
  readonly over_seconds: number

  /** Messages that got an outcome. */
  readonly events_per_second: number

  /** Lines written: events that were booked, and held ones that were released. */
  readonly lines_per_second: number
}

/** How fast all processes booked together, as far as this one has seen it. */
export type Throughput = {
  /** The oldest first. None for times that are not known. */
  readonly points: readonly ThroughputPoint[]
}

/** By what became of them. */
export type ChangeCounts = {
  /** Events that have their line. */
  readonly booked: number

  /** Departures that wait for stock from now on. */
  readonly held: number

  /** Departures that waited, and have their line now. */
  readonly released: number

  /** Events that were known already. */
  readonly duplicate: number

  /** Messages that wait for a person. */
  readonly quarantined: number
}

export type BookedLine = {
  /** The warehouse. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** The movement. Lower-case. */
  readonly movement_id: string

  /** Goods left, or goods came. */
  readonly event: 'departure' | 'arrival'

  /** Its number on the card. */
  readonly line: number

  /** Pieces; negative for a departure. */
  readonly change: number

  /** The stock after this line. */
  readonly balance: number

  /** The departure was held before. */
  readonly released: boolean

  /** When it happened, by the clock of the warehouse. RFC 3339, UTC. */
  readonly timestamp: string

  /** When the line was written. RFC 3339, UTC. */
  readonly recorded_at: string
}

export type NewlyHeld = {
  /** The warehouse. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string

  /** The movement. Lower-case. */
  readonly movement_id: string

  /** Pieces that left, by the report. */
  readonly quantity: number

  /** When it happened, by the clock of the warehouse. RFC 3339, UTC. */
  readonly timestamp: string

  /** When it was recorded here. RFC 3339, UTC. */
  readonly recorded_at: string
}

export type CardName = {
  /** The warehouse. Lower-case. */
  readonly warehouse_id: string

  /** The product. Lower-case. */
  readonly product_id: string
}

/** What has changed since the message before. */
export type Changes = {
  readonly counts: ChangeCounts

  /** The newest first. */
  readonly bookings: readonly BookedLine[]

  /** The newest first. */
  readonly held: readonly NewlyHeld[]

  /** Cards of which events came. */
  readonly cards: readonly CardName[]

  /** Those of `bookings` and `held`, each once. */
  readonly movements: readonly string[]

  /** There may be more than the lists tell; with `product_id`, or a key limited to warehouses, also more than the counts. A page that shows something else should look, too. */
  readonly more: boolean
}

/** Something has changed. */
export type ChangesMessage = {
  /** The `event:` of the message. */
  readonly event: 'changes'

  /** The `id:` of the message, for `Last-Event-ID`. Opaque. */
  readonly id: string

  readonly data: Changes
}

/** The first message, unless it is a `reset`: what comes from now on is told. */
export type ReadyMessage = {
  /** The `event:` of the message. */
  readonly event: 'ready'

  /** The `id:` of the message, for `Last-Event-ID`. Opaque. */
  readonly id: string

  readonly data: {
    /** All since `Last-Event-ID` has been told. */
    readonly resumed: boolean
  }
}

/** Some of what happened cannot be told any more: load again whatever you show. */
export type ResetMessage = {
  /** The `event:` of the message. */
  readonly event: 'reset'

  /** The `id:` of the message, for `Last-Event-ID`. Opaque. */
  readonly id: string

  readonly data: {}
}

/** What there is to ask, by `operationId`. */
export interface Operations {
  /**
   * One movement of goods.
   *
   * Sender, receiver, the time between them, and the difference in quantity if there is one.
   */
  readonly getMovement: (
    args: {
      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined

      /** The movement: a UUID of any version, in either case. */
      readonly movement_id: string
    },
    options?: CallOptions,
  ) => Promise<Movement>

  /**
   * The stock of one product in one warehouse.
   *
   * How much there is now, how much is held, and the numbered lines that led there. The filters apply to the lines alone; with `event` a page may be short and still have a next one.
   */
  readonly getCard: (
    args: {
      /** Only what was recorded here at this time or later. RFC 3339; without an offset it is UTC. */
      readonly from?: string | undefined

      /** Only what was recorded here before this time. RFC 3339; without an offset it is UTC. */
      readonly to?: string | undefined

      /** Only departures, or only arrivals. */
      readonly event?: 'departure' | 'arrival' | undefined

      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined

      /** The warehouse: a UUID of any version, in either case. */
      readonly warehouse_id: string

      /** The product: a UUID of any version, in either case. */
      readonly product_id: string
    },
    options?: CallOptions,
  ) => Promise<Card>

  /**
   * Movements, the newest first.
   *
   * Each product of a movement by itself, at the place of its first report. With a warehouse and a product: what is booked on that card; what it holds is listed by `/api/held`. With a filter a page may be short, or empty, and still have a next one: follow `next_cursor` until it is null.
   */
  readonly listMovements: (
    args?: {
      /** Only movements with this status. */
      readonly status?:
        | 'opening_stock'
        | 'mismatched'
        | 'departure_held'
        | 'awaiting_departure'
        | 'in_transit'
        | 'completed'
        | 'short'
        | 'over'
        | undefined

      /** The warehouse: a UUID of any version, in either case. */
      readonly warehouse_id?: string | undefined

      /** The product: a UUID of any version, in either case. */
      readonly product_id?: string | undefined

      /** Only what was recorded here at this time or later. RFC 3339; without an offset it is UTC. */
      readonly from?: string | undefined

      /** Only what was recorded here before this time. RFC 3339; without an offset it is UTC. */
      readonly to?: string | undefined

      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    },
    options?: CallOptions,
  ) => Promise<ListedMovementPage>

  /**
   * The warehouses.
   *
   * Every warehouse that an accepted event mentions, by id, with its short code.
   */
  readonly listWarehouses: (
    args?: {
      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    },
    options?: CallOptions,
  ) => Promise<WarehousePage>

  /**
   * The stock of a warehouse.
   *
   * Every product that has a card there, by id, and how much there is of it.
   */
  readonly listWarehouseProducts: (
    args: {
      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined

      /** The warehouse: a UUID of any version, in either case. */
      readonly warehouse_id: string
    },
    options?: CallOptions,
  ) => Promise<QuantityPage>

  /**
   * Where a product is.
   *
   * Every warehouse that has a card of the product, by id, and how much there is. With a filter a page may be short, or empty, and still have a next one: follow `next_cursor` until it is null.
   */
  readonly listProductWarehouses: (
    args: {
      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined

      /** The product: a UUID of any version, in either case. */
      readonly product_id: string
    },
    options?: CallOptions,
  ) => Promise<QuantityPage>

  /**
   * The stock on many cards at once.
   *
   * Up to 1000 cards. One that no event mentions has quantity 0 and no line.
   */
  readonly queryCards: (
    args: {
      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    } & { readonly body: CardQuery; readonly mediaType?: 'application/json' },
    options?: CallOptions,
  ) => Promise<CardQuantities>

  /**
   * What is under way.
   *
   * Every movement of which not as much arrived as departed, the oldest report first: goods on their way, arrivals without a departure, and what came short or over. With a filter a page may be short, or empty, and still have a next one: follow `next_cursor` until it is null.
   */
  readonly listTransit: (
    args?: {
      /** Only what is at least so many seconds old. */
      readonly older_than?: number | undefined

      /** The warehouse: a UUID of any version, in either case. */
      readonly warehouse_id?: string | undefined

      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    },
    options?: CallOptions,
  ) => Promise<OpenMovementPage>

  /**
   * What arrived with more or less than departed.
   *
   * Movements that both departed and arrived, in different quantities, the oldest report first. With a filter a page may be short, or empty, and still have a next one: follow `next_cursor` until it is null.
   */
  readonly listDifferences: (
    args?: {
      /** The warehouse: a UUID of any version, in either case. */
      readonly warehouse_id?: string | undefined

      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    },
    options?: CallOptions,
  ) => Promise<OpenMovementPage>

  /**
   * Departures that wait for stock.
   *
   * Card by card, by warehouse and product; on each card the oldest first, with what it lacks.
   */
  readonly listHeld: (
    args?: {
      /** The warehouse: a UUID of any version, in either case. */
      readonly warehouse_id?: string | undefined

      /** The product: a UUID of any version, in either case. */
      readonly product_id?: string | undefined

      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    },
    options?: CallOptions,
  ) => Promise<HeldDeparturePage>

  /**
   * The state of everything at a glance.
   *
   * Totals, how far the booking is behind the topic, how fast all processes book together, and what needs attention. What only Kafka knows is null while it is away.
   */
  readonly getOverview: (
    args?: {
      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    },
    options?: CallOptions,
  ) => Promise<Overview>

  /**
   * How fast it went.
   *
   * A point every five seconds of the last quarter of an hour, or since this process has started: where a chart begins that goes on with `GET /api/stream`.
   */
  readonly getThroughput: (
    args?: Readonly<Record<string, never>>,
    options?: CallOptions,
  ) => Promise<Throughput>

  /**
   * Messages in quarantine, the oldest first.
   *
   * A queue to work off: what waits longest comes first, and what comes in meanwhile is found at the end of the same walk.
   */
  readonly listQuarantine: (
    args?: {
      /** Only messages that were rejected with this code. */
      readonly code?:
        | 'message_empty'
        | 'message_too_large'
        | 'not_utf8'
        | 'not_json'
        | 'not_an_object'
        | 'field_missing'
        | 'field_invalid'
        | 'specversion_unsupported'
        | 'type_unknown'
        | 'dataschema_unsupported'
        | 'subject_contradicts'
        | 'time_invalid'
        | 'uuid_invalid'
        | 'event_unknown'
        | 'timestamp_invalid'
        | 'timestamp_too_fine'
        | 'timestamp_out_of_range'
        | 'timestamp_in_future'
        | 'quantity_invalid'
        | 'quantity_out_of_range'
        | 'possible_duplicate'
        | 'departure_conflict'
        | 'arrival_conflict'
        | 'movement_too_large'
        | 'quantity_overflow'
        | 'refused_by_database'
        | undefined

      /** Only messages with this status; without it, those that are `open`. */
      readonly status?: 'open' | 'redriven' | 'discarded' | undefined

      /** Lines or other items on the page, at most. */
      readonly limit?: number | undefined

      /** The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire. */
      readonly cursor?: string | undefined

      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined
    },
    options?: CallOptions,
  ) => Promise<QuarantineItemPage>

  /**
   * One message in quarantine, whole.
   *
   * Its bytes, what speaks against it, and what was decided about it.
   */
  readonly getQuarantinedMessage: (
    args: {
      /** Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them. */
      readonly after?: string | undefined

      /** The number of the message in quarantine. */
      readonly quarantine_id: number
    },
    options?: CallOptions,
  ) => Promise<QuarantinedMessage>

  /**
   * Write a message to the topic again.
   *
   * As it is, corrected, or accepted beside its equal; once, and for good. The answer waits until it is booked. What would be rejected again is refused. Asking for the same again answers the same.
   */
  readonly redriveQuarantinedMessage: (
    args: {
      /** The number of the message in quarantine. */
      readonly quarantine_id: number
    } & { readonly body: RedriveRequest | null; readonly mediaType?: 'application/json' },
    options?: CallOptions,
  ) => Promise<Redriven>

  /**
   * Decide that a message is not to be booked.
   *
   * Once, and for good. The message stays where it is, whole, with the reason. Asking for the same again answers the same.
   */
  readonly discardQuarantinedMessage: (
    args: {
      /** The number of the message in quarantine. */
      readonly quarantine_id: number
    } & { readonly body: DiscardRequest; readonly mediaType?: 'application/json' },
    options?: CallOptions,
  ) => Promise<QuarantineItem>

  /**
   * Write the open messages of a code to the topic again.
   *
   * As they are, the oldest first, up to 100 at once: for when what rejected them has changed. Those that would be rejected again stay open and are counted. What somebody has begun to redrive is finished as it was begun.
   */
  readonly redriveQuarantine: (
    args: { readonly body: RedriveAllRequest; readonly mediaType?: 'application/json' },
    options?: CallOptions,
  ) => Promise<RedrivenAll>

  /**
   * Whether the process runs.
   *
   * Always 200. An orchestrator restarts what does not answer.
   */
  readonly getLiveness: (args?: Readonly<Record<string, never>>, options?: CallOptions) => Promise<Liveness>

  /**
   * Whether all work is done here.
   *
   * Each dependency with its state. Answered from what is known, without asking them. For people and alerts: a load balancer asks `/health/serving`.
   */
  readonly getReadiness: (args?: Readonly<Record<string, never>>, options?: CallOptions) => Promise<Health>

  /**
   * Whether requests should be sent here.
   *
   * For load balancers. It stays 200 while PostgreSQL or Kafka is away: that they are to all processes at a time, and reads go on without Kafka, pages in the cache without PostgreSQL.
   */
  readonly getServing: (args?: Readonly<Record<string, never>>, options?: CallOptions) => Promise<Serving>

  /**
   * Hand in events by HTTP.
   *
   * One event, structured (`application/cloudevents+json` or `application/json`) or binary (`ce-` headers, the data as `application/json`), or a batch of up to 1,000 (`application/cloudevents-batch+json`). What can be understood is written to the Kafka topic, and the answer waits until it is booked. Each event has an outcome of its own: one that is rejected does not stop the others.
   */
  readonly postEvents: (
    args: {
      /** Only say what would become of the events: nothing is produced, nothing is booked. */
      readonly dry_run?: boolean | undefined
    } & (
      | { readonly body: MovementMessage; readonly mediaType: 'application/cloudevents+json' }
      | {
          readonly body: readonly MovementMessage[]
          readonly mediaType: 'application/cloudevents-batch+json'
        }
      | { readonly body: MovementMessage | MovementData; readonly mediaType?: 'application/json' }
    ),
    options?: CallOptions,
  ) => Promise<IngestResult>

  /**
   * What lies on the shelves at the beginning.
   *
   * A file with the stock of each card, for a company that begins: without it, its departures would be *held*. CSV (`text/csv`) as spreadsheets write it, or a JSON object on each line (`application/x-ndjson`). If any row is wrong, all that are wrong are named, and nothing is taken. Else each row becomes a message of the topic, and the answer waits until it is booked. A card opens once: the same file sent again changes nothing, and another quantity for a card that is open is quarantined.
   */
  readonly postOpeningStock: (
    args: {
      /** When the stock was counted, for rows without a `timestamp`. RFC 3339; without an offset it is UTC. */
      readonly as_of?: string | undefined

      /** Only say what would become of the events: nothing is produced, nothing is booked. */
      readonly dry_run?: boolean | undefined
    } & (
      | { readonly body: string; readonly mediaType: 'text/csv' }
      | { readonly body: string; readonly mediaType: 'application/x-ndjson' }
    ),
    options?: CallOptions,
  ) => Promise<OpeningStockResult>
}
/** What a call needs to know of an operation. */
export interface Operation {
  readonly method: string
  /** With the names of its parameters in braces. */
  readonly path: string
  /** The statuses whose body is what the call answers; all others are problems. */
  readonly answers: readonly number[]
}
export const operations: Readonly<Record<keyof Operations, Operation>> = {
  getMovement: { method: 'GET', path: '/api/movements/{movement_id}', answers: [200] },
  getCard: { method: 'GET', path: '/api/warehouses/{warehouse_id}/products/{product_id}', answers: [200] },
  listMovements: { method: 'GET', path: '/api/movements', answers: [200] },
  listWarehouses: { method: 'GET', path: '/api/warehouses', answers: [200] },
  listWarehouseProducts: { method: 'GET', path: '/api/warehouses/{warehouse_id}/products', answers: [200] },
  listProductWarehouses: { method: 'GET', path: '/api/products/{product_id}/warehouses', answers: [200] },
  queryCards: { method: 'POST', path: '/api/cards/query', answers: [200] },
  listTransit: { method: 'GET', path: '/api/transit', answers: [200] },
  listDifferences: { method: 'GET', path: '/api/differences', answers: [200] },
  listHeld: { method: 'GET', path: '/api/held', answers: [200] },
  getOverview: { method: 'GET', path: '/api/overview', answers: [200] },
  getThroughput: { method: 'GET', path: '/api/throughput', answers: [200] },
  listQuarantine: { method: 'GET', path: '/api/quarantine', answers: [200] },
  getQuarantinedMessage: { method: 'GET', path: '/api/quarantine/{quarantine_id}', answers: [200] },
  redriveQuarantinedMessage: {
    method: 'POST',
    path: '/api/quarantine/{quarantine_id}/redrive',
    answers: [200, 202],
  },
  discardQuarantinedMessage: {
    method: 'POST',
    path: '/api/quarantine/{quarantine_id}/discard',
    answers: [200],
  },
  redriveQuarantine: { method: 'POST', path: '/api/quarantine/redrive', answers: [200] },
  getLiveness: { method: 'GET', path: '/health/live', answers: [200] },
  getReadiness: { method: 'GET', path: '/health/ready', answers: [200, 503] },
  getServing: { method: 'GET', path: '/health/serving', answers: [200, 503] },
  postEvents: { method: 'POST', path: '/api/events', answers: [200, 202] },
  postOpeningStock: { method: 'POST', path: '/api/opening-stock', answers: [200, 202] },
}
