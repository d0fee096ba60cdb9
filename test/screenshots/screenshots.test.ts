/** A picture of every view, light and dark, and of some on a phone. The overview comes last: by then much has moved. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { root } from '../../stack/state.ts'
import { openBrowser, openPage, type Wishes } from '../support/browser.ts'
import { fillBooks, startDashboard, startTrade, views } from '../support/dashboard.ts'

const owner = { after }
const folder = join(root, 'docs/dashboard')
mkdirSync(folder, { recursive: true })
const browser = await openBrowser(owner)
const dashboard = await startDashboard(owner)
await fillBooks(dashboard)
startTrade(owner, dashboard)

type View = (typeof views)[number]

const desk = { width: 1280, height: 860 }
const phone = { width: 390, height: 844 }
const onPhone: readonly View['picture'][] = ['overview', 'card', 'movement', 'message']

/** Until the chart has something to draw, in milliseconds. */
const chartMs = 15_000

/** What a person would do first, so that the picture shows something. */
const preparations: Partial<Record<View['picture'], (page: Page) => Promise<void>>> = {
  card: (page) => page.getByText('Lines', { exact: true }).last().click(),
  overview: async (page) => {
    await page.getByRole('listitem').filter({ hasText: 'Arrival' }).first().waitFor()
    await setTimeout(chartMs)
  },
  message: (page) => page.getByRole('textbox', { name: 'The corrected message' }).waitFor(),
}

async function picture(page: Page, view: View, name: string): Promise<void> {
  await page.goto(view.path)
  await page.getByRole('heading', { level: 1, name: view.en }).waitFor()
  await page.getByRole('status').getByText('Live').waitFor({ state: 'attached' })
  await preparations[view.picture]?.(page)
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(folder, `${view.picture}-${name}.png`), animations: 'disabled' })
}

const looks: readonly (Wishes & { readonly name: string; readonly of: (view: View) => boolean })[] = [
  { name: 'light', colours: 'light', ...desk, of: () => true },
  { name: 'dark', colours: 'dark', ...desk, of: () => true },
  { name: 'phone', colours: 'light', ...phone, of: (view) => onPhone.includes(view.picture) },
]

for (const view of views.toReversed()) {
  for (const { name, of, ...wishes } of looks) {
    if (!of(view)) continue
    void test(`${view.en}, ${name}`, async (t) => {
      const { page } = await openPage(t, browser, dashboard.url, wishes)
      await picture(page, view, name)
    })
  }
}
