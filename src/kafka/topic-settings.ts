/** The settings of a topic that decide whether messages may vanish from it. */
import { createAPI, describeConfigsV4, type ConfigResourceTypeValue } from '@platformatic/kafka'
import { askAnyBroker, describeReplicas, keepErrorCodes, type Cluster } from './cluster.ts'
import { faultOfErrorCode } from './kafka-fault.ts'

/** As text, as Kafka has them; null where a broker does not tell. */
export interface TopicSettings {
  readonly cleanupPolicy: string | null
  readonly retentionMs: string | null
  readonly retentionBytes: string | null
  readonly minInsyncReplicas: string | null
  readonly maxMessageBytes: string | null
  /** Of the partition that has the fewest. */
  readonly replicas: number
}

const names = {
  cleanupPolicy: 'cleanup.policy',
  retentionMs: 'retention.ms',
  retentionBytes: 'retention.bytes',
  minInsyncReplicas: 'min.insync.replicas',
  maxMessageBytes: 'max.message.bytes',
} as const

const topicResource: ConfigResourceTypeValue = 2

/** Throws a Fault: Kafka away, no such topic, or we may not ask. */
export async function readTopicSettings(
  cluster: Cluster,
  topic: string,
  signal: AbortSignal,
): Promise<TopicSettings> {
  const replicas = await describeReplicas(cluster, topic, signal)
  const { results } = await askAnyBroker(cluster, signal, (connection) =>
    connection.request(
      { versions, signal },
      [{ resourceType: topicResource, resourceName: topic, configurationKeys: Object.values(names) }],
      false,
      false,
    ),
  )
  const [found] = results
  if (found !== undefined && found.errorCode !== 0) throw faultOfErrorCode(found.errorCode, `Topic ${topic}.`)
  const valueOf = (name: string): string | null =>
    found?.configs.find((config) => config.name === name)?.value ?? null
  return {
    cleanupPolicy: valueOf(names.cleanupPolicy),
    retentionMs: valueOf(names.retentionMs),
    retentionBytes: valueOf(names.retentionBytes),
    minInsyncReplicas: valueOf(names.minInsyncReplicas),
    maxMessageBytes: valueOf(names.maxMessageBytes),
    replicas,
  }
}

const versions = [
  createAPI<describeConfigsV4.DescribeConfigsRequest, describeConfigsV4.DescribeConfigsResponse>(
    describeConfigsV4.api.key,
    describeConfigsV4.api.version,
    describeConfigsV4.createRequest,
    keepErrorCodes(describeConfigsV4.parseResponse),
  ),
]
