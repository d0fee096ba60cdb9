/** All of it by the keyboard alone. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, openPage } from '../support/browser.ts'
import { books, fillBooks, startDashboard } from '../support/dashboard.ts'

const owner = { after }

const browser = await openBrowser(owner)
const dashboard = await startDashboard(owner)
await fillBooks(dashboard)

/** Goes on with Tab until something of this name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < mostPresses; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document
      const label = element?.getAttribute('aria-label') ?? ''
      return label === '' ? (element?.textContent ?? '') : label
    })
    if (name.test(focused)) return
  }
  assert.fail(`nothing called ${String(name)} within ${mostPresses} presses of Tab`)
}

const mostPresses = 80

test('from the first key to a movement: skip, navigate, open, copy', async (t) => {
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/')
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the content')
  await tabTo(page, /^Differences/)
  await page.keyboard.press('Enter')
  const title = page.getByRole('heading', { level: 1, name: 'Differences' })
  await title.waitFor()
  // Whoever comes to a view begins at its title.
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
  await page.getByRole('table').waitFor()
  await tabTo(page, /^10000000…0002$/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Movement 10000000…0002' }).waitFor()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await tabTo(page, /^Copy the id/)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), books.short)
})

test('an id is found by its keys alone', async (t) => {
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/transit')
  await page.getByRole('heading', { level: 1, name: 'In transit' }).waitFor()
  await page.keyboard.press('/')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type(books.completed)
  await page
    .getByRole('dialog')
    .getByRole('link', { name: /^Movement/ })
    .waitFor()
  await tabTo(page, /^Movement/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Movement 10000000…0001' }).waitFor()
  await page.getByText('Completed').first().waitFor()
})

test('language and colours are changed by keys, and stay', async (t) => {
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/')
  await tabTo(page, /^Language, colours/)
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Русский' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'menuitem')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Обзор' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Обзор' }).waitFor()
})

test('the editor of a message lets go of the keyboard', async (t) => {
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/quarantine/1')
  await page.getByRole('textbox', { name: 'The corrected message' }).focus()
  await tabTo(page, /^Rehearse$/)
})
