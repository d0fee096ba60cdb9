import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RefusalStreak } from '../../src/intake/refusal-streak.ts'

/** Two refused events in a row, both quarantined. */
function twoRefused(): RefusalStreak {
  const streak = new RefusalStreak()
  assert.equal(streak.count(5), 1)
  streak.passed(6)
  assert.equal(streak.count(6), 2)
  streak.passed(7)
  return streak
}

test('a streak goes on in the next lane, if that begins where it ended', () => {
  const streak = twoRefused()
  streak.goOnFrom(7)
  assert.equal(streak.count(7), 3)
})

test('an event that could not be quarantined either counts once, whichever lane tries it again', () => {
  const streak = new RefusalStreak()
  streak.count(5)
  streak.goOnFrom(5)
  assert.equal(streak.count(5), 1)
})

test('events that a restore brings again are no further ones', () => {
  const streak = twoRefused()
  streak.goOnFrom(5)
  assert.equal(streak.count(5), 1)
})

test('a streak does not go on over events that another process has booked', () => {
  const streak = twoRefused()
  streak.goOnFrom(9)
  assert.equal(streak.count(9), 1)
})

test('a booking ends a streak', () => {
  const streak = twoRefused()
  streak.reset()
  assert.equal(streak.count(8), 1)
})
