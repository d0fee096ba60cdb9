import type { PageName } from '../booking/changed-pages.ts'
import type { CachedPage } from './cached-value.ts'

type Read = Promise<CachedPage | null>

/**
 * One query at a time for a page that no cache has. Whoever asks while it runs is answered by the next one, which begins
 * when all of them have asked already: so nobody gets what was true before the question.
 */
export class SharedReads {
  readonly #running = new Map<PageName, Read>()
  readonly #next = new Map<PageName, Read>()

  async read(name: PageName, load: () => Read): Read {
    const running = this.#running.get(name)
    if (running === undefined) return await this.#run(name, load)
    const waiting = this.#next.get(name)
    if (waiting !== undefined) return await waiting
    const next = this.#runBehind(running, name, load)
    this.#next.set(name, next)
    return await next
  }

  async #runBehind(running: Read, name: PageName, load: () => Read): Read {
    // Whoever asked for that one hears of its failure.
    await running.catch(() => null)
    this.#next.delete(name)
    return await this.#run(name, load)
  }

  async #run(name: PageName, load: () => Read): Read {
    const read = load()
    this.#running.set(name, read)
    try {
      return await read
    } finally {
      if (this.#running.get(name) === read) this.#running.delete(name)
    }
  }
}
