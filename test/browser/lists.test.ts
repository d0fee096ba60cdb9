/** Lists: filters in the address, more on demand, a file of what is shown; and what they do without an answer. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { WarehouseId } from '../../src/message/event.ts'
import { testKey } from '../support/keys.ts'
import { openBrowser, openPage } from '../support/browser.ts'
import { books, fillBooks, report, startDashboard } from '../support/dashboard.ts'

const owner = { after }

const browser = await openBrowser(owner)
const dashboard = await startDashboard(owner)
await fillBooks(dashboard)

test('a filter is part of the address, and a link shows what its sender saw', async (t) => {
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/movements')
  await page.getByRole('combobox', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'Short' }).click()
  await page.getByText('1 row, all there are').waitFor()
  assert.match(new URL(page.url()).search, /^\?status=short&from=\d{4}-/)

  const other = await openPage(t, browser, dashboard.url)
  await other.page.goto(page.url())
  await other.page.getByText('1 row, all there are').waitFor()
  await other.page.getByRole('button', { name: 'Clear' }).click()
  await other.page.getByText('50 rows shown').waitFor()
  assert.equal(new URL(other.page.url()).search, '')
})

test('more comes when it is asked for, and what is shown can be taken along', async (t) => {
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto(`/warehouses/${books.north.id}/products/${books.product}`)
  await page.getByText('50 rows shown').waitFor()
  await page.getByRole('button', { name: 'Show older lines' }).click()
  await page.getByText(/^6\d rows, all there are$/).waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export as CSV' }).click()
  const file = await (await download).path()
  const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  const { body } = await dashboard.service.get(`/api/warehouses/${books.north.id}/products/${books.product}`)
  assert.equal(lines.length - 1, (body as { last_line: number }).last_line)
  assert.match(lines[0] ?? '', /^\uFEFFline,event,change,balance,movement_id,/)
})

test('an address without a view says so, and an id that nobody mentioned as well', async (t) => {
  const { page } = await openPage(t, browser, dashboard.url)
  await page.goto('/movements/00000000-0000-4000-8000-000000000000')
  await page.getByRole('alert').getByText('movement_unknown').waitFor()
  await page.goto('/warehouses/x/y')
  assert.equal(await page.getByText('route_unknown').count(), 1)
})

test('what is known stays when the service is away, and the view says that it is old', async (t) => {
  const own = await startDashboard(t)
  await fillBooks(own)
  const { page } = await openPage(t, browser, own.url)
  await page.goto('/held')
  await page.getByText('1 row, all there are').waitFor()
  await own.service.end('SIGKILL')
  await page.getByRole('alert').getByText('Connection lost').waitFor()
  assert.equal(await page.getByText('1 row, all there are').isVisible(), true)
})

test('a service with keys asks for one, refuses a wrong one, and shows what the right one may see', async (t) => {
  const { key, secret } = testKey('dashboard', 'read')
  const line = `${key.name}:${key.role}:${key.hash.toString('hex')}`
  const guarded = await startDashboard(t, { API_KEYS: line })
  const { page } = await openPage(t, browser, guarded.url)
  await page.goto('/')
  await page.getByLabel('API key').fill('wrong')
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByText('The service does not know this key.').waitFor()
  await page.getByLabel('API key').fill(secret)
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  await page.getByRole('status').getByText('Live').waitFor()
})

test('a key of one warehouse opens what is about it, and says of the rest that it is not for it', async (t) => {
  const { key, secret } = testKey('north', 'read', [books.north.id as WarehouseId])
  const line = `${key.name}:${key.role}:${books.north.id}:${key.hash.toString('hex')}`
  const guarded = await startDashboard(t, { API_KEYS: line })
  await guarded.send(
    report({
      event: 'arrival',
      warehouse: books.north,
      product: books.product,
      movement: books.short,
      quantity: 5,
    }),
  )
  const { page } = await openPage(t, browser, guarded.url)
  await page.goto(`/warehouses/${books.north.id}/products/${books.product}`)
  // As a person types: what is typed outlives that the page asks again.
  await page.getByLabel('API key').pressSequentially(secret, { delay: 80 })
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByTestId('quantity').getByText('5', { exact: true }).waitFor()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.waitForTimeout(3000)
  assert.equal(await page.getByTestId('quantity').isVisible(), true)
  assert(asked.length < 5, asked.join(', '))
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('alert').getByText('limited to some warehouses').first().waitFor()
})
