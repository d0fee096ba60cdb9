import assert from 'node:assert/strict'
import test from 'node:test'
import { failureOf } from '../../bench/peer/sink-status.ts'

const running = { state: 'RUNNING', worker_id: '127.0.0.1:8083' }
const trace = `org.example.ConnectException: Exiting the task
\tat org.example.WorkerSinkTask.deliverMessages(WorkerSinkTask.java:636)
Caused by: org.example.SQLException: ERROR: violates check constraint "stock_not_negative"
  Detail: Failing row contains (-5).
\tat org.example.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2736)
\t... 11 more
`

test('a sink has not failed while its connector and all its tasks run, or have not started', () => {
  const tasks = [
    { id: 0, ...running },
    { id: 1, ...running, state: 'UNASSIGNED' },
  ]
  assert.equal(failureOf({ name: 'movements', connector: running, tasks, type: 'sink' }), undefined)
  assert.equal(failureOf({ name: 'movements', connector: running, tasks: [], type: 'sink' }), undefined)
})

test('one failed task is a failed sink, told by the messages of its exceptions without where they were thrown', () => {
  const tasks = [
    { id: 0, ...running },
    { id: 1, ...running, state: 'FAILED', trace },
  ]
  const told = `org.example.ConnectException: Exiting the task
Caused by: org.example.SQLException: ERROR: violates check constraint "stock_not_negative"
  Detail: Failing row contains (-5).`
  assert.equal(failureOf({ connector: running, tasks }), told)
})

test('a failed connector is a failed sink, also if it does not say why', () => {
  const connector = { ...running, state: 'FAILED' }
  assert.equal(failureOf({ connector, tasks: [] }), 'It does not say why.')
})

test('what is no status is not taken for a sink that runs', () => {
  for (const answer of [undefined, null, {}, { connector: {}, tasks: [] }, { connector: running }]) {
    assert.throws(() => failureOf(answer), TypeError)
  }
})
