/** Chromium, and pages of the dashboard in it, as a person with certain wishes sees them. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Chromium from '@sparticuz/chromium'
import { chromium, type Browser, type Page } from 'playwright-core'
import { withLock } from '../../stack/lock.mjs'
import type { Owner } from './environment.ts'

/** Its package unpacks it when it is first asked, and takes a file that is half there for the whole. */
const unpacking = {
  file: join(tmpdir(), 'bincard-chromium.lock'),
  limitMs: 120_000,
  onWait: () => undefined,
}

/** One for a test file: it takes a second to start. */
export async function openBrowser(owner: Owner): Promise<Browser> {
  const executablePath = await withLock(unpacking, () => Chromium.executablePath())
  const browser = await chromium.launch({ executablePath, headless: true, args: [hostOfTests] })
  owner.after(() => browser.close())
  return browser
}

/** A name that is not this machine's own: pages from there are not taken for secure ones. */
const hostOfTests = '--host-resolver-rules=MAP warehouse.test 127.0.0.1'

export interface Wishes {
  readonly language?: 'en' | 'ru'
  readonly colours?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
}

export interface OpenPage {
  readonly page: Page
  /** What the page complained of: errors that nobody caught, and what its console calls an error. */
  readonly complaints: readonly string[]
}

/** A page with a session of its own, on nothing yet. Closed when the test ends. */
export async function openPage(
  owner: Owner,
  browser: Browser,
  url: string,
  wishes: Wishes = {},
): Promise<OpenPage> {
  const { language = 'en', colours = 'light', width = 1280, height = 900 } = wishes
  const context = await browser.newContext({
    baseURL: url,
    locale: language === 'ru' ? 'ru-RU' : 'en-GB',
    timezoneId: 'Europe/Moscow',
    colorScheme: colours,
    viewport: { width, height },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  owner.after(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(waitLimitMs)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { page, complaints }
}

/** A loaded machine is slow; what a person would wait for is measured where it is promised. */
const waitLimitMs = 15_000
