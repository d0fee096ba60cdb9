/** A picture of every view: light, dark, and on a phone. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../../stack/state.ts'
import { openBrowser, openPage, type Wishes } from '../support/browser.ts'
import { fillBooks, startDashboard, views } from '../support/dashboard.ts'

const owner = { after }
const folder = join(root, 'docs/dashboard')
mkdirSync(folder, { recursive: true })
const browser = await openBrowser(owner)
const dashboard = await startDashboard(owner)
await fillBooks(dashboard)

const looks: readonly (Wishes & { readonly name: string })[] = [
  { name: 'light', colours: 'light', width: 1280, height: 800 },
  { name: 'dark', colours: 'dark', width: 1280, height: 800 },
  { name: 'phone', colours: 'light', width: 390, height: 844 },
]

for (const { name, ...wishes } of looks) {
  for (const view of views) {
    test(`${view.en}, ${name}`, async (t) => {
      const { page } = await openPage(t, browser, dashboard.url, wishes)
      await page.goto(view.path)
      await page.getByRole('heading', { level: 1, name: view.en }).waitFor()
      await page.screenshot({ path: join(folder, `${view.picture}-${name}.png`) })
    })
  }
}
