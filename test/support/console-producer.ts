import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { kafkaAddress, kafkaClasspath } from './environment.ts'

/** Sends one message a line with Apache Kafka's own console producer: a producer that is not ours. */
export async function produceByConsole(topic: string, lines: readonly string[]): Promise<void> {
  const producer = spawn(
    'java',
    [
      '-Xmx128m',
      '-cp',
      kafkaClasspath(),
      'org.apache.kafka.tools.ConsoleProducer',
      '--bootstrap-server',
      kafkaAddress(),
      '--topic',
      topic,
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  )
  producer.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const said: string[] = []
  producer.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const [code] = (await once(producer, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the console producer ended with ${code}: ${said.join('')}`)
}
