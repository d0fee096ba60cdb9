import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createLatencies } from '../../open-loop/latencies.ts'
import { behindLimit, dueAtMs, dueBy, keepPace, startsIn, type Clock } from '../../open-loop/pace.ts'

const pace = { perSecond: 1000, seconds: 10 }

/** A clock that stands still but for its ticks; `onTick` may hold everybody up, as a busy processor does. */
function handClock({
  tickMs = 1,
  onTick = () => 0,
}: { tickMs?: number; onTick?: (now: number) => number } = {}) {
  let now = 0
  const clock: Clock = {
    now: () => now,
    nextTick: async () => {
      now += tickMs + onTick(now)
    },
  }
  return clock
}

const never = (): boolean => false

suite('the schedule of a step', () => {
  test('each start is due at its own time, and all within the step', () => {
    assert.equal(startsIn(pace), 10_000)
    assert.deepEqual(
      [0, 1, 9_999].map((index) => dueAtMs(pace, index)),
      [0, 1, 9_999],
    )
    assert.deepEqual(
      [0, 0.9, 1, 9_999, 60_000].map((ms) => dueBy(pace, ms)),
      [1, 1, 2, 10_000, 10_000],
    )
  })

  test('whatever the ticks are, each is started once, in order, and never before it is due', async () => {
    for (const tickMs of [1, 7, 333]) {
      const clock = handClock({ tickMs })
      const started: number[] = []
      const kept = await keepPace({
        pace,
        clock,
        isEnough: never,
        start({ from, to, beganAt }) {
          assert.ok(dueAtMs(pace, to - 1) <= clock.now() - beganAt)
          for (let index = from; index < to; index += 1) started.push(index)
        },
      })
      assert.deepEqual(
        started,
        Array.from({ length: 10_000 }, (_, index) => index),
      )
      assert.equal(kept.started, 10_000)
    }
  })

  test('it ends as soon as it is told that it is enough', async () => {
    const clock = handClock()
    const kept = await keepPace({ pace, clock, start: () => {}, isEnough: () => clock.now() >= 3000 })
    assert.equal(kept.started, 3000)
    assert.equal(kept.endedAt, 3000)
  })
})

suite('latency from when it was due', () => {
  /**
   * A server that answers one request after the other in half a millisecond, but stands still for a second. Answers what
   * an open loop sees, and what a client would that asks again only when it has its answer.
   */
  async function stalled() {
    const [stallFrom, stallMs, serviceMs] = [5000, 1000, 0.5]
    const answeredAt = (askedAt: number, freeAt: number): number => {
      const begins = Math.max(askedAt, freeAt)
      return (begins >= stallFrom && begins < stallFrom + stallMs ? stallFrom + stallMs : begins) + serviceMs
    }
    const open = createLatencies()
    let freeAt = 0
    await keepPace({
      pace,
      clock: handClock(),
      isEnough: never,
      start({ from, to, beganAt }) {
        for (let index = from; index < to; index += 1) {
          const dueAt = beganAt + dueAtMs(pace, index)
          freeAt = answeredAt(dueAt, freeAt)
          open.record(freeAt - dueAt)
        }
      },
    })
    const closed = createLatencies()
    for (let now = 0; now < 10_000;) {
      const answer = answeredAt(now, 0)
      closed.record(answer - now)
      now = Math.max(now + 1, answer)
    }
    return { open: open.percentiles(), closed: closed.percentiles() }
  }

  test('a second in which the server stood still is in the percentiles, not only in the maximum', async () => {
    const { open, closed } = await stalled()
    assert.equal(open.count, 10_000)
    // A second of standing still and one of catching up: two seconds of ten, half of it above half a second.
    assert.ok((open.p90 ?? 0) > 400, `p90 ${open.p90}`)
    assert.ok((open.p99 ?? 0) > 900, `p99 ${open.p99}`)
    // What omission would have made of it.
    assert.ok((closed.p99 ?? 0) < 1, `p99 ${closed.p99}`)
  })

  test('a second in which the generator stood still is in the percentiles, too', async () => {
    const clock = handClock({ onTick: (now) => (now === 5000 ? 1000 : 0) })
    const latencies = createLatencies()
    await keepPace({
      pace,
      clock,
      isEnough: never,
      start({ from, to, beganAt }) {
        // Each is answered at once.
        for (let index = from; index < to; index += 1)
          latencies.record(clock.now() - beganAt - dueAtMs(pace, index))
      },
    })
    const { count, p90, p99 } = latencies.percentiles()
    assert.equal(count, 10_000)
    // A tenth was due meanwhile, and waited for half a second on average.
    assert.ok((p90 ?? 0) < 2 && (p99 ?? 0) > 850, `p90 ${p90}, p99 ${p99}`)
  })

  test('percentiles are right to a thousandth, and null of nothing', () => {
    const latencies = createLatencies()
    assert.deepEqual(latencies.percentiles(), {
      count: 0,
      p50: null,
      p90: null,
      p99: null,
      p999: null,
      max: null,
    })
    for (let ms = 1; ms <= 1000; ms += 1) latencies.record(ms)
    const { count, ...found } = latencies.percentiles()
    assert.equal(count, 1000)
    for (const [name, expected] of Object.entries({ p50: 500, p90: 900, p99: 990, p999: 999, max: 1000 })) {
      const value = found[name as keyof typeof found] ?? 0
      assert.ok(Math.abs(value - expected) <= expected / 1000, `${name} ${value}`)
    }
  })
})

suite('a generator that is late', () => {
  const run = (onTick: (now: number) => number) =>
    keepPace({ pace, clock: handClock({ onTick }), start: () => {}, isEnough: never })

  test('is told by what it had not started at the end of the step', async () => {
    // Each tick takes 20 ms more while 1,000/s are due: nothing is lost, all of it comes in lumps, and in time.
    assert.ok((await run(() => 20)).behindShare < behindLimit)
    // Held up from the ninth second on until a second after the end.
    const { behindShare, worstLatenessMs } = await run((now) => (now === 9000 ? 2000 : 0))
    assert.ok(behindShare > behindLimit, String(behindShare))
    assert.ok(Math.abs(behindShare - 0.1) < 0.001, String(behindShare))
    assert.ok(Math.abs(worstLatenessMs - 2000) <= 2, String(worstLatenessMs))
  })

  test('and had caught up by then is not behind, but its lateness is told', async () => {
    const { behindShare, worstLatenessMs, started } = await run((now) => (now === 3000 ? 1500 : 0))
    assert.equal(started, 10_000)
    assert.ok(behindShare < 0.001, String(behindShare))
    assert.ok(Math.abs(worstLatenessMs - 1500) <= 2, String(worstLatenessMs))
  })
})
