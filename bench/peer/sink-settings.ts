export interface DatabaseAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** As many as there are cores on the machine of the figures; 4 were no faster there. */
const tasks = 2
/** As many messages as a lane of ours takes at once. */
const batchMessages = 5000
/** Room for such a batch from one partition, and for all partitions of a task. */
const partitionFetchBytes = 16 * 1024 * 1024
const fetchBytes = 64 * 1024 * 1024

/**
 * What becomes of an event that is there twice in one batch: PostgreSQL refuses the batch, and the task fails for good;
 * or the sink keeps the last of them, which cost it 0 to 10 % of its speed.
 */
export type Repeats = 'fail' | 'last one counts'

export interface SinkOptions {
  readonly topic: string
  readonly database: DatabaseAddress
  readonly repeats: Repeats
}

/** The settings of a sink that stores a topic of real messages, unchanged, as rows of `movement_event`. */
export function sinkSettings({
  topic,
  database: address,
  repeats,
}: SinkOptions): Readonly<Record<string, string>> {
  const { host, port, user, password, database } = address
  return {
    'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
    'tasks.max': String(tasks),
    topics: topic,
    'connection.url': `jdbc:postgresql://${host}:${port}/${database}?reWriteBatchedInserts=true`,
    'connection.username': user,
    'connection.password': password,
    // It finds the driver by itself, but warns of it in the log.
    'hibernate.connection.driver_class': 'org.postgresql.Driver',
    'collection.name.format': 'movement_event',
    'schema.evolution': 'none',
    // What is delivered again is stored again, over itself.
    'insert.mode': 'upsert',
    'primary.key.mode': 'record_value',
    'primary.key.fields': 'movement_id,event',
    'use.reduction.buffer': String(repeats === 'last one counts'),
    'batch.size': String(batchMessages),
    // One statement for a batch, with an array for each column: much faster than one with thousands of parameters.
    'dialect.postgres.unnest.insert.enabled': 'true',
    'consumer.override.auto.offset.reset': 'earliest',
    'consumer.override.max.poll.records': String(batchMessages),
    'consumer.override.max.partition.fetch.bytes': String(partitionFetchBytes),
    'consumer.override.fetch.max.bytes': String(fetchBytes),
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'true',
    'value.converter.schema.content': JSON.stringify(messageSchema),
    transforms: 'flatten,columns',
    'transforms.flatten.type': 'org.apache.kafka.connect.transforms.Flatten$Value',
    'transforms.flatten.delimiter': '_',
    'transforms.columns.type': 'org.apache.kafka.connect.transforms.ReplaceField$Value',
    'transforms.columns.include': Object.keys(columns).join(','),
    'transforms.columns.renames': Object.entries(columns)
      .map(([from, to]) => `${from}:${to}`)
      .join(','),
  }
}

/** What the messages say, and the column for it. */
const columns = {
  id: 'message_id',
  source: 'source',
  data_movement_id: 'movement_id',
  data_product_id: 'product_id',
  data_event: 'event',
  data_warehouse_id: 'warehouse_id',
  data_quantity: 'quantity',
  data_timestamp: 'occurred_at',
}

/** Of the envelope only what is stored: the rest is left out when a message is read. */
const messageSchema = {
  type: 'struct',
  fields: [
    { field: 'id', type: 'string' },
    { field: 'source', type: 'string' },
    {
      field: 'data',
      type: 'struct',
      fields: [
        { field: 'movement_id', type: 'string', name: 'io.debezium.data.Uuid' },
        { field: 'product_id', type: 'string', name: 'io.debezium.data.Uuid' },
        { field: 'event', type: 'string' },
        { field: 'warehouse_id', type: 'string', name: 'io.debezium.data.Uuid' },
        { field: 'quantity', type: 'int64' },
        { field: 'timestamp', type: 'string', name: 'io.debezium.time.ZonedTimestamp' },
      ],
    },
  ],
}
