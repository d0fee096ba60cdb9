/** What a page notes of its own slowness while a person uses it. */
import type { Page } from 'playwright-core'

export interface Slowness {
  readonly seconds: number
  /** Stretches of more than 50 ms in which the page could not answer, and the longest of them, in milliseconds. */
  readonly longTasks: number
  readonly longestTaskMs: number
  /** From a key or click to the next picture, in milliseconds; browsers tell it in steps of 8. */
  readonly answersMs: readonly number[]
  /** From picture to picture at most, in milliseconds. */
  readonly longestFrameMs: number
}

interface Notes {
  begunMs: number
  readonly tasks: number[]
  readonly events: Map<number, number>
  longestFrameMs: number
}

declare global {
  interface Window {
    bincardNotes?: Notes
  }
}

/** From here on the page takes notes. */
export async function beginNotes(page: Page): Promise<void> {
  await page.evaluate(() => {
    const notes: Notes = { begunMs: performance.now(), tasks: [], events: new Map(), longestFrameMs: 0 }
    window.bincardNotes = notes
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) notes.tasks.push(duration)
    }).observe({ type: 'longtask' })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        // Of the events of one key or click, the slowest counts.
        if (entry.interactionId === 0) continue
        notes.events.set(
          entry.interactionId,
          Math.max(entry.duration, notes.events.get(entry.interactionId) ?? 0),
        )
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
    let before = performance.now()
    const look = (now: number): void => {
      notes.longestFrameMs = Math.max(notes.longestFrameMs, now - before)
      before = now
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

export async function readNotes(page: Page): Promise<Slowness> {
  return page.evaluate(() => {
    const notes = window.bincardNotes
    if (notes === undefined) throw new Error('The page took no notes.')
    return {
      seconds: (performance.now() - notes.begunMs) / 1000,
      longTasks: notes.tasks.length,
      longestTaskMs: Math.max(0, ...notes.tasks),
      answersMs: [...notes.events.values()],
      longestFrameMs: notes.longestFrameMs,
    }
  })
}
