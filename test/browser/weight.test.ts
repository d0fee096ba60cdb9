/** What the first look at the dashboard costs the network. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openBrowser, openPage } from '../support/browser.ts'
import { startDashboard } from '../support/dashboard.ts'

const owner = { after }
const browser = await openBrowser(owner)

/** Of script, compressed as it is sent. */
const budgetBytes = 350_000

test('the first look loads 350 kB of script at most, all of it from here, and nothing twice', async (t) => {
  const dashboard = await startDashboard(t)
  const { page, complaints } = await openPage(t, browser, dashboard.url)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto('/')
  await page.getByText('Nothing is booked yet').waitFor()
  await page.getByRole('status').getByText('Live').waitFor()
  const scripts = await page.evaluate(() =>
    (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(({ name }) => name.endsWith('.js'))
      .map(({ encodedBodySize, decodedBodySize }) => ({ encodedBodySize, decodedBodySize })),
  )
  const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
  t.diagnostic(`${scripts.length} scripts, ${bytes} bytes`)
  assert(scripts.length > 0)
  assert(scripts.every(({ encodedBodySize, decodedBodySize }) => encodedBodySize < decodedBodySize))
  assert(bytes <= budgetBytes, `${bytes} bytes`)
  assert.deepEqual(
    asked.filter((url) => !url.startsWith(dashboard.url)),
    [],
  )
  const files = asked.filter((url) => url.includes('/assets/'))
  assert.deepEqual(files.toSorted(), [...new Set(files)].toSorted())
  assert.deepEqual(complaints, [])
})
