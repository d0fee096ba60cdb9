/** A page for each problem, at its `type`: what it means, and what to do. For people who follow the link of an answer. */
import type { FastifyInstance } from 'fastify'
import { pagePolicy } from './page-policy.ts'
import { sendProblem } from './problem-answer.ts'
import { problemBody, problemHeaders, problems, type ProblemCode } from './problems.ts'

export async function problemPages(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, role: 'open' }
    route.schema = { ...route.schema, hide: true }
  })
  app.get('/problems', async (_request, reply) => reply.headers(headersOf(listPage)).send(listPage))
  app.get<{ Params: { code: string } }>('/problems/:code', async (request, reply) => {
    const { code } = request.params
    if (!isProblemCode(code)) return sendProblem(request, reply, { code: 'route_unknown' })
    const page = problemPage(code)
    return reply.headers(headersOf(page)).send(page)
  })
  await Promise.resolve()
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}

function headersOf(page: string): Record<string, string> {
  return { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy(page) }
}

function problemPage(code: ProblemCode): string {
  const { status, title, remedy } = problems[code]
  const answer = JSON.stringify(problemBody({ code }, '/api/…'), null, 2)
  const { 'retry-after': retryAfter } = problemHeaders(code)
  const again =
    retryAfter === undefined
      ? 'The same request will get the same answer.'
      : `The same request may be sent again after ${retryAfter} s, as the header Retry-After says.`
  return pageOf(
    `${code}: ${title}`,
    `<p><a href="../problems">All problems</a></p>
<h1><code>${code}</code></h1>
<p>${escapeHtml(title)}. The answer has the status ${status}.</p>
<h2>What to do</h2>
<p>${escapeHtml(remedy)} ${again}</p>
<h2>The answer</h2>
<pre>${escapeHtml(answer)}</pre>
<p><code>detail</code> says what is wrong with the very request. Programs should look at <code>code</code>, which is stable.</p>`,
  )
}

const listPage = pageOf(
  'Problems',
  `<h1>Problems of the API</h1>
<p>The <code>code</code> of an <code>application/problem+json</code> answer (RFC 9457).</p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead><tbody>
${Object.entries(problems)
  .map(
    ([code, { status, title }]) =>
      `<tr><td><a href="problems/${code}"><code>${code}</code></a></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  )
  .join('\n')}
</tbody></table>`,
)

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Bincard</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; vertical-align: top; }
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
