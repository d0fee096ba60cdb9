/** A newcomer sends reports, and begins with stock from a file. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openBrowser, openPage } from '../support/browser.ts'
import { startDashboard } from '../support/dashboard.ts'

const owner = { after }

const browser = await openBrowser(owner)

test('three reports of the story move a card, and end in a difference of two', async (t) => {
  const dashboard = await startDashboard(t)
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/')
  await page.getByRole('link', { name: 'Send the first event' }).click()
  await page.getByRole('button', { name: 'Rehearse' }).click()
  await page.getByText('It would be: Booked').waitFor()
  for (let step = 0; step < 3; step += 1) {
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('It is: Booked').waitFor()
    if (step < 2) await page.getByRole('button', { name: 'Next step' }).click()
  }
  await page.getByRole('link', { name: 'See the movement' }).click()
  await page.getByText('2 pieces too few').waitFor()
  await page.getByText('Short').first().waitFor()
})

test('what is wrong with a report is said at its field, and nothing is sent', async (t) => {
  const dashboard = await startDashboard(t)
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/try')
  await page.getByLabel('Product').fill('no id')
  await page.getByLabel('Quantity').fill('')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByText('This is no id').waitFor()
  await page.getByText('A whole number, 0 or more.').waitFor()
  const { body } = await dashboard.service.get('/api/overview')
  assert.equal((body as { totals: { lines: number } }).totals.lines, 0)
})

test('opening stock: wrong rows are named, a right file is checked and booked', async (t) => {
  const dashboard = await startDashboard(t)
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/try')
  await page.getByRole('tab', { name: 'Opening stock' }).click()
  await page.getByRole('button', { name: 'Fill in an example' }).click()
  const field = page.getByLabel('or paste it here')
  const text = await field.inputValue()
  await field.fill(text.replace(',40', ',forty'))
  await page.getByRole('button', { name: 'Check the file' }).click()
  await page.getByText('1 row is wrong. Nothing was booked.').waitFor()
  await page.getByRole('row').filter({ hasText: 'Quantity invalid' }).waitFor()
  await field.fill(text)
  await page.getByRole('button', { name: 'Check the file' }).click()
  await page.getByText('3 rows are right. Nothing is booked yet.').waitFor()
  await page.getByRole('button', { name: 'Book the stock' }).click()
  await page.getByText('3 rows: 3 booked, 0 known already, 0 in quarantine.').waitFor()
  const { body } = await dashboard.service.get('/api/overview')
  assert.equal((body as { totals: { cards: number } }).totals.cards, 3)
})

test('a page that came without TLS makes ids, and copies them', async (t) => {
  const dashboard = await startDashboard(t)
  const url = dashboard.url.replace('127.0.0.1', 'warehouse.test')
  const { page, complaints } = await openPage(t, browser, url)
  await page.goto('/try')
  assert.equal(await page.evaluate(() => isSecureContext), false)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByText('It is: Booked').waitFor()
  await page.getByRole('link', { name: 'See the movement' }).click()
  await page
    .getByRole('button', { name: /^Copy the id/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  // Without TLS the browser says so itself, of a header that asks for more.
  const ours = complaints.filter((text) => !text.startsWith('The Cross-Origin-Opener-Policy header'))
  assert.deepEqual(ours, [])
})
