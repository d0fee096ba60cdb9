/** What the database server says of itself, for whoever looks whether it suits. */
import type { Micros } from '../message/event.ts'
import type { Queryable } from './database.ts'

export interface ServerState {
  /** For example 180004. */
  readonly versionNumber: number
  /** What `version()` says: distributed engines name themselves there. */
  readonly version: string
  /** Version of the extension Citus; null without it. */
  readonly citus: string | null
  /** The server's clock at the answer. */
  readonly now: Micros
  readonly encoding: string
  readonly isReadOnly: boolean
  readonly synchronousCommit: string
  readonly fsync: string
  readonly fullPageWrites: string
  readonly maxConnections: number
  /** Connections of all clients now. */
  readonly connections: number
  readonly databaseBytes: number
  /** Where the server keeps its files; null if we may not know. */
  readonly dataFolder: string | null
  /** May the user write the tables of the ledger, where they are there. */
  readonly mayWrite: boolean
}

export async function readServer(db: Queryable): Promise<ServerState> {
  const [state] = await db.query<ServerState>(
    `select current_setting('server_version_num')::integer as "versionNumber", version(),
       (select extversion from pg_extension where extname = 'citus') as citus,
       clock_timestamp() as now,
       pg_encoding_to_char(encoding) as encoding,
       pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "isReadOnly",
       current_setting('synchronous_commit') as "synchronousCommit",
       current_setting('fsync') as fsync,
       current_setting('full_page_writes') as "fullPageWrites",
       current_setting('max_connections')::integer as "maxConnections",
       (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
       pg_database_size(datname) as "databaseBytes",
       case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory', true) end as "dataFolder",
       (select coalesce(bool_and(has_table_privilege(t, 'insert, update, delete')), has_schema_privilege(current_schema(), 'create'))
        from unnest(array[to_regclass('movement_leg'), to_regclass('card_line'), to_regclass('kafka_position')]) t
        where t is not null) as "mayWrite"
     from pg_database where datname = current_database()`,
  )
  if (state === undefined) throw new Error('the database does not know itself')
  return state
}
