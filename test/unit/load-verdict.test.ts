import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { raise } from '../../load/ramp.ts'
import { judgeIntake, judgeReads, readLimitMs, type Verdict } from '../../load/verdict.ts'

suite('saturation', () => {
  const intake = { behindShare: 0, offered: 10_000, waiting: 0, isRefused: false }
  const reads = { behindShare: 0, offered: 10_000, answered: 10_000, p99Ms: 20 }

  test('intake is saturated when more than a tenth of what was sent waits at the end, or Kafka takes no more', () => {
    assert.deepEqual(
      [{}, { waiting: 1000 }, { waiting: 1001 }, { isRefused: true }].map((change) =>
        judgeIntake({ ...intake, ...change }),
      ),
      ['kept up', 'kept up', 'saturated', 'saturated'],
    )
  })

  test('reads are saturated when fewer than 95 % are answered in time, or the p99 is beyond its limit', () => {
    assert.deepEqual(
      [
        {},
        { answered: 9500 },
        { answered: 9499 },
        { p99Ms: readLimitMs },
        { p99Ms: readLimitMs + 1 },
        { p99Ms: null },
      ].map((change) => judgeReads({ ...reads, ...change })),
      ['kept up', 'kept up', 'saturated', 'kept up', 'saturated', 'saturated'],
    )
  })

  test('a generator that is more than 5 % behind proves nothing, whatever the service seems to do', () => {
    const limits = [0.05, 0.051].map((behindShare) => ({ behindShare }))
    assert.deepEqual(
      limits.map((limit) => judgeIntake({ ...intake, ...limit, waiting: 9000 })),
      ['saturated', 'generator behind'],
    )
    assert.deepEqual(
      limits.map((limit) => judgeReads({ ...reads, ...limit })),
      ['kept up', 'generator behind'],
    )
  })
})

suite('raising the rate', () => {
  const [good, bad, behind] = ['kept up', 'saturated', 'generator behind'] as const

  async function ranWith(verdicts: readonly Verdict[]): Promise<Verdict[]> {
    const steps = await raise([...verdicts.keys()], async (index) => ({
      verdict: verdicts[index] ?? 'kept up',
    }))
    return steps.map(({ verdict }) => verdict)
  }

  test('one stumble does not end it, two rates in a row that are too much do', async () => {
    assert.deepEqual(await ranWith([good, bad, good, bad, bad, good]), [good, bad, good, bad, bad])
    assert.deepEqual(await ranWith([good, good, bad]), [good, good, bad])
  })

  test('a generator that falls behind ends it, and is forgotten only beyond saturation', async () => {
    assert.deepEqual(await ranWith([good, behind, good]), [good, behind])
    assert.deepEqual(await ranWith([good, bad, behind, good]), [good, bad])
  })
})
