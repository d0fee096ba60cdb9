/**
 * What is wrong in the books. Each kind of finding has a stable code, for scripts and for docs/reference/findings.md, and
 * says what a rebuild can do about it.
 */
import type { CardKey } from '../message/event.ts'
import type { PairKey } from './ledger-rows.ts'

/** What `bincard rebuild` does about a kind of finding. */
export type Cure = 'mended' | 'mended on request' | 'left to a person'

/** A kind of finding. */
export interface FindingKind {
  readonly about: string
  readonly cure: Cure
}

/** Every kind of finding by its code. */
export const findingKinds = {
  lines_missing: {
    about: 'The numbers of the lines of a card have a gap.',
    cure: 'mended',
  },
  balance_wrong: {
    about: 'The balance of a line is not the one before it plus the change.',
    cure: 'mended',
  },
  balance_negative: {
    about:
      'The balance of a line is below zero; the constraint `balance_not_negative` must have been dropped.',
    cure: 'mended',
  },
  line_without_leg: {
    about:
      'A line names an event that no movement has: it was written by somebody else, or its event is lost.',
    cure: 'mended on request',
  },
  line_disagrees: {
    about: 'A line and the event that it names differ in the card, the number, the quantity or the time.',
    cure: 'mended',
  },
  recorded_backwards: {
    about: 'A line is recorded before the one that precedes it.',
    cure: 'mended',
  },
  warehouse_missing: {
    about: 'A card has lines, but its warehouse has no row, which is the lock of its cards.',
    cure: 'mended',
  },
  leg_without_line: {
    about: 'An event is booked, but its line is missing or belongs to another event.',
    cure: 'mended',
  },
  legs_missing: {
    about:
      'The numbers of the arrivals of a movement have a gap, at which its next arrival would stop the partition.',
    cure: 'mended',
  },
  booked_twice: {
    about:
      'One report is booked twice: the same content under the same source and message id, or out of one message.',
    cure: 'mended on request',
  },
  legs_contradict: {
    about:
      'A movement has two reports that contradict each other, of which the second belongs in quarantine.',
    cure: 'left to a person',
  },
  held_in_vain: {
    about: 'A departure is held although its card has enough.',
    cure: 'left to a person',
  },
  transit_wrong: {
    about: 'What is under way is not what departed minus what arrived.',
    cure: 'mended',
  },
  goods_unaccounted: {
    about: 'The cards and what is under way are not all that came and went.',
    cure: 'mended',
  },
  total_wrong: {
    about: 'A total that is kept beside the positions is not what can be counted.',
    cure: 'mended',
  },
} as const satisfies Record<string, FindingKind>

export type FindingCode = keyof typeof findingKinds

/** One thing that is wrong, and where. */
export interface Finding {
  readonly code: FindingCode
  /** One or two sentences with the numbers. */
  readonly detail: string
  readonly card?: CardKey
  readonly line?: number
  readonly movement?: PairKey & { readonly leg?: number }
}
