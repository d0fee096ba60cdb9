/** Every view, in both languages and both colours, on a desk and on a phone. */
import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { openBrowser, openPage } from '../support/browser.ts'
import { fillBooks, startDashboard, views } from '../support/dashboard.ts'

const owner = { after }

const browser = await openBrowser(owner)
const dashboard = await startDashboard(owner)
await fillBooks(dashboard)

/** Loaded, and nothing is awaited any more. */
async function show(page: Page, path: string, title: string): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await page.locator('[class*=Skeleton]').first().waitFor({ state: 'detached' })
}

for (const view of views) {
  for (const language of ['en', 'ru'] as const) {
    test(`${view.en} speaks ${language}`, async (t) => {
      const { page, complaints } = await openPage(t, browser, dashboard.url, { language })
      await show(page, view.path, view[language])
      assert.equal(await page.locator('html').getAttribute('lang'), language)
      assert.equal(await page.title(), `${view[language]} · Bincard`)
      // Among them every message without its words.
      assert.deepEqual(complaints, [])
    })
  }
}

suite('no serious finding of an automatic check of accessibility', () => {
  for (const colours of ['light', 'dark'] as const) {
    for (const view of views) {
      test(`${view.en}, ${colours}`, async (t) => {
        const { page } = await openPage(t, browser, dashboard.url, { colours })
        await show(page, view.path, view.en)
        const { violations } = await new AxeBuilder({ page }).analyze()
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        assert.deepEqual(
          serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]),
          [],
        )
      })
    }
  }
})

suite('a phone shows all of it without scrolling sideways', () => {
  for (const view of views) {
    test(view.en, async (t) => {
      const { page } = await openPage(t, browser, dashboard.url, { width: 360, height: 740 })
      await show(page, view.path, view.en)
      const [content, screen] = await page.evaluate(() => [
        document.scrollingElement?.scrollWidth ?? 0,
        window.innerWidth,
      ])
      assert(content !== undefined && screen !== undefined && content <= screen, `${content} > ${screen}`)
    })
  }
})

suite('nothing jumps while a view is loaded over a slow network', () => {
  for (const view of views) {
    test(view.en, async (t) => {
      const { page } = await openPage(t, browser, dashboard.url)
      await page.addInitScript(() => {
        const shifts: number[] = []
        Object.assign(globalThis, { shifts })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
        }).observe({ type: 'layout-shift', buffered: true })
      })
      await page.route('**/api/**', async (route) => {
        await setTimeout(slowMs)
        await route.continue()
      })
      await show(page, view.path, view.en)
      await setTimeout(settleMs)
      const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
      const sum = shifts.reduce((all, shift) => all + shift, 0)
      t.diagnostic(`layout shift ${sum.toFixed(3)}`)
      assert(sum < mostShift, `${sum}`)
    })
  }
})

/** Each answer of the API takes so much longer, in milliseconds; some views ask twice, one after the other. */
const slowMs = 300
const settleMs = 1_200
/** What is called good: https://web.dev/articles/cls. */
const mostShift = 0.1
