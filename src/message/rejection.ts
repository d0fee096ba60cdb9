/**
 * Every reason for which a message waits in quarantine: the stable code, and what it means. The codes are part of
 * the interface (API, metrics, docs): a code may be added, never renamed.
 */
export const rejections = {
  // The bytes
  message_empty: 'The record has no value (a tombstone), or an empty one.',
  message_too_large: 'The value is larger than 64 KiB.',
  not_utf8: 'The value, or a header that is needed, is not valid UTF-8.',
  not_json: 'The value is not JSON.',
  not_an_object: 'The value is JSON, but not an object.',
  // The envelope
  field_missing: 'A required field is missing or null.',
  field_invalid: 'A field is of the wrong type, empty, longer than 255 characters, or not well-formed text.',
  specversion_unsupported: 'The CloudEvents version is not 1.0.',
  type_unknown: 'The event type is not ru.retail.warehouses.movement.',
  dataschema_unsupported: 'The major version of the data schema is not 1.',
  subject_contradicts: 'The subject names another kind of event than the data.',
  time_invalid: 'The envelope’s time is neither epoch milliseconds nor an RFC 3339 timestamp.',
  // The report
  uuid_invalid: 'An id is not a UUID.',
  event_unknown: 'The event is neither a departure nor an arrival.',
  timestamp_invalid: 'The timestamp is not RFC 3339, or its date or time does not exist.',
  timestamp_too_fine: 'The timestamp is finer than a microsecond.',
  timestamp_out_of_range:
    'The timestamp lies before 1684 or after 2255, where microseconds are not exact in JSON.',
  timestamp_in_future: 'The timestamp lies more than 24 hours after the message was received.',
  quantity_invalid: 'The quantity is not a whole number.',
  quantity_out_of_range: 'The quantity is below 1 (departure) or 0 (arrival), or above 10^12.',
  // What is booked already
  possible_duplicate: 'The same report is booked under another message id: a repeat, or two equal pallets.',
  departure_conflict: 'The movement already has another departure of this product.',
  arrival_conflict: 'The same arrival is booked with another quantity.',
  movement_too_large: 'The movement has 1,000 arrivals of the product, or 1,000 products, already.',
  quantity_overflow: 'The card’s balance would exceed 2^53 − 1.',
  refused_by_database: 'The database refuses this event on its own, by its type or by a constraint.',
} as const satisfies Record<string, string>

export type RejectionCode = keyof typeof rejections

/** Why one message is not booked. `field` is the path of the field at fault, `detail` one sentence of our own. */
export interface Rejection {
  readonly kind: 'rejected'
  readonly code: RejectionCode
  readonly field: string | null
  readonly detail: string
}

/** A rejection by its code; the detail is the code's own sentence unless more can be said. */
export function reject(
  code: RejectionCode,
  field: string | null = null,
  detail: string = rejections[code],
): Rejection {
  return { kind: 'rejected', code, field, detail }
}
