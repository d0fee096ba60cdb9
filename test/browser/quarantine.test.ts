/** A message that nobody can read is read, corrected and sent again, or discarded, by hand. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, openPage } from '../support/browser.ts'
import { books, report, startDashboard, type Dashboard } from '../support/dashboard.ts'

const owner = { after }

const browser = await openBrowser(owner)

const movement = randomUUID()
const right = report({
  event: 'arrival',
  warehouse: books.north,
  product: books.product,
  movement,
  quantity: 12,
}) as { data: object }

/** The page of a message in quarantine, sent just now. */
async function quarantined(
  t: TestContext,
  message: object | string,
): Promise<{ page: Page; dashboard: Dashboard }> {
  const dashboard = await startDashboard(t)
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/quarantine')
  await page.getByText('No message waits for anybody.').waitFor()
  await dashboard.send(message)
  const row = page.getByRole('row').filter({ has: page.getByRole('link') })
  await row.getByRole('link').first().click()
  await page.getByRole('heading', { level: 1, name: 'Message 1 in quarantine' }).waitFor()
  return { page, dashboard }
}

test('a broken message is corrected, rehearsed and redriven', async (t) => {
  const broken = { ...right, data: { ...right.data, quantity: 'twelve' } }
  const { page, dashboard } = await quarantined(t, broken)
  await page.getByText('Quantity invalid').first().waitFor()
  assert.equal(await page.locator('mark').innerText(), '"quantity":"twelve"')

  const editor = page.getByRole('textbox', { name: 'The corrected message' })
  await editor.fill(JSON.stringify(broken).replace('"twelve"', '12,}'))
  await page.getByRole('alert').getByText('This is not JSON').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Rehearse' }).isDisabled(), true)

  await editor.fill(JSON.stringify(broken))
  await page.getByRole('button', { name: 'Rehearse' }).click()
  await page.getByText('Sent like this it would be: Rejected').waitFor()
  await page.getByRole('button', { name: 'Send the corrected message' }).click()
  await page.getByText('still_rejected').waitFor()

  await editor.fill(JSON.stringify(right))
  await page.getByRole('button', { name: 'Rehearse' }).click()
  await page.getByText('Sent like this it would be: Booked').waitFor()
  await page.getByRole('button', { name: 'Send the corrected message' }).click()
  await page.getByText(/^Sent again by somebody without a key/).waitFor()
  await page.getByText('Done: Booked').waitFor()
  const card = await dashboard.service.get(`/api/warehouses/${books.north.id}/products/${books.product}`)
  assert.equal((card.body as { quantity: number }).quantity, 12)
})

test('a message that cannot be saved is discarded with a reason, and not without one', async (t) => {
  const { page } = await quarantined(t, '{"id": "cut off')
  await page.getByText('The faulty place is marked.').waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByText('Say why, for whoever asks later.').waitFor()
  await page.getByLabel('Reason').fill('a test of the scanner')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByText(/^Discarded by somebody without a key at .*: a test of the scanner$/).waitFor()
  await page.getByRole('link', { name: 'All messages in quarantine' }).click()
  await page.getByText('No message waits for anybody.').waitFor()
})

test('a second pallet that looks like a repeat is counted beside its equal', async (t) => {
  const dashboard = await startDashboard(t)
  await dashboard.send(right, { ...right, id: randomUUID() })
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/quarantine/1')
  await page.getByRole('heading', { name: 'What speaks against it' }).waitFor()
  await page.getByRole('button', { name: 'Count it' }).click()
  await page.getByText(/^Sent again by/).waitFor()
  const card = await dashboard.service.get(`/api/warehouses/${books.north.id}/products/${books.product}`)
  assert.equal((card.body as { quantity: number }).quantity, 24)
})
