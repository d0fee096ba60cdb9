import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { root } from '../../stack/state.ts'
import { openBrowser, openPage, type Wishes } from '../support/browser.ts'
import { books, fillBooks, startDashboard, views, type Dashboard } from '../support/dashboard.ts'

const owner = { after }
const folder = join(root, 'docs/dashboard')
let browser: Browser
let dashboard: Dashboard

before(async () => {
  mkdirSync(folder, { recursive: true })
  browser = await openBrowser(owner)
  dashboard = await startDashboard(owner)
  await fillBooks(dashboard)
})

/** Something moves while the overview is looked at, so that its chart and its list are not empty. */
async function move(page: Page): Promise<void> {
  const { page: quiet } = { page }
  await quiet.getByRole('status').getByText('Live').waitFor()
}

const ways: readonly (Wishes & { readonly name: string })[] = [
  { name: 'light', colours: 'light' },
  { name: 'dark', colours: 'dark' },
]

for (const { name, ...wishes } of ways) {
  for (const view of views) {
    test(`${view.en}, ${name}`, async (t) => {
      const { page } = await openPage(t, browser, dashboard.url, { ...wishes, width: 1440, height: 900 })
      await page.goto(view.path)
      await move(page)
      await page.screenshot({ path: join(folder, `${fileOf(view.en)}-${name}.png`) })
    })
  }
}

function fileOf(title: string): string {
  return title
    .toLowerCase()
    .split(' ')
    .slice(0, 2)
    .join('-')
    .replaceAll(/[^a-z-]/g, '')
}

export { books }
