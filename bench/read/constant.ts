/** An answer of the service, to be given again by a server that knows nothing else. */
export interface Constant {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What any server adds by itself. */
const ofTheServer = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'])

export async function constantOf(url: string): Promise<Constant> {
  const response = await fetch(url)
  const headers = [...response.headers].filter(([name]) => !ofTheServer.has(name))
  return { body: await response.text(), headers: Object.fromEntries(headers) }
}
