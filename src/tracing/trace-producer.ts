/** A request to Kafka is a span, and the messages of it carry its context to whoever reads them. */
import { SpanKind } from '@opentelemetry/api'
import { carryContext, contextIn } from './message-context.ts'
import { during } from './span.ts'
import type { Messages } from './tracing.ts'

/** A message that has a context already, since it comes from somewhere, keeps it; it is linked with the request. */
export function traceProducer(producer: Messages, topic: string): Messages {
  return {
    produce: async (messages, origin) => {
      const own = messages.map(({ headers }) => contextIn(headers))
      const span = {
        name: `send ${topic}`,
        kind: SpanKind.PRODUCER,
        links: own.flatMap((given) => (given === null ? [] : [{ context: given.span }])),
        attributes: {
          'messaging.system': 'kafka',
          'messaging.operation.name': 'send',
          'messaging.operation.type': 'send',
          'messaging.destination.name': topic,
          'messaging.batch.message_count': messages.length,
        },
      }
      return await during(span, async () => {
        const sent = messages.map((message, index) =>
          own[index] === null ? { ...message, headers: carryContext(message.headers) } : message,
        )
        return await producer.produce(sent, origin)
      })
    },
  }
}
