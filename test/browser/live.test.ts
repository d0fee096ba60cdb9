/** What moves is seen without a reload. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { openBrowser, openPage } from '../support/browser.ts'
import { books, fillBooks, report, sample, startDashboard } from '../support/dashboard.ts'

const owner = { after }

const browser = await openBrowser(owner)

const movement = 'c6290746-790e-43fa-8270-014dc90e02e0'

test('the samples, sent through Kafka, appear on the overview, the card and the movement without a reload', async (t) => {
  const dashboard = await startDashboard(t)
  const overview = await openPage(t, browser, dashboard.url)
  await overview.page.goto('/')
  await overview.page.getByText('Nothing is booked yet').waitFor()
  const card = await openPage(t, browser, dashboard.url)
  await card.page.goto(`/warehouses/${books.south.id}/products/${books.product}`)
  await card.page.getByRole('alert').getByText('card_unknown').waitFor()
  for (const { page } of [overview, card]) await page.getByRole('status').getByText('Live').waitFor()

  await dashboard.send(sample('arrival'))
  const sentAt = performance.now()
  await overview.page
    .getByRole('region', { name: 'Latest bookings' })
    .getByRole('listitem')
    .filter({ hasText: '+100' })
    .waitFor()
  await card.page.getByTestId('quantity').getByText('100', { exact: true }).waitFor()
  const tookMs = performance.now() - sentAt
  // The stream tells of it within half a second, and the page asks for the card then.
  t.diagnostic(`arrival seen after ${tookMs.toFixed(0)} ms`)

  await card.page.goto(`/movements/${movement}`)
  await card.page.getByText('Departure not reported').first().waitFor()
  await dashboard.send(sample('departure'))
  await card.page.getByText('Departure held').first().waitFor()
  await card.page.getByText('2 h 22 min').first().waitFor()
  assert.deepEqual(overview.complaints, [])
})

test('a page that was away hears what it missed', async (t) => {
  const dashboard = await startDashboard(t)
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/')
  await page.getByRole('status').getByText('Live').waitFor()
  await page.context().setOffline(true)
  await page.getByRole('alert').getByText('Connection lost').waitFor()
  await dashboard.send(sample('arrival'))
  await page.context().setOffline(false)
  await page
    .getByRole('region', { name: 'Latest bookings' })
    .getByRole('listitem')
    .filter({ hasText: '+100' })
    .waitFor()
  await page.getByRole('alert').waitFor({ state: 'detached' })
})

test('a card whose older lines are shown goes on without a hole, and tells what becomes of old movements', async (t) => {
  const dashboard = await startDashboard(t)
  await fillBooks(dashboard)
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto(`/warehouses/${books.north.id}/products/${books.product}`)
  await page.getByRole('button', { name: 'Show older lines' }).click()
  await page.getByText('64 rows, all there are').waitFor()
  const { north, south, product } = books
  const supply = { event: 'arrival', warehouse: north, product, quantity: 1 } as const
  await dashboard.send(
    ...Array.from({ length: 70 }, () => report({ ...supply, movement: randomUUID() })),
    report({ event: 'arrival', warehouse: south, product, movement: books.underWay, quantity: 25 }),
  )
  await page.getByText('134 rows, all there are').waitFor()
  // Line 64, by now below the newest ones.
  const old = page.getByRole('row').filter({ has: page.locator(`a[href="/movements/${books.underWay}"]`) })
  await old.getByText('Completed').waitFor()
  assert.equal(await page.getByText(/are not loaded/).count(), 0)
  assert.equal(await page.getByRole('row').count(), 135)
})
