/** What people call the warehouses, for all rows that name one. */
import { useQuery } from '@tanstack/react-query'
import { createContext, use, useMemo, type ReactNode } from 'react'
import { useApi } from '../api/api.tsx'
import { warehousesOf } from '../api/queries.ts'
import { shortId } from './id.tsx'

const NamesContext = createContext<ReadonlyMap<string, string>>(new Map())

export function WarehouseNames({ children }: { children: ReactNode }): ReactNode {
  const { client } = useApi()
  const { data } = useQuery(warehousesOf(client))
  const names = useMemo(
    () =>
      new Map(
        (data?.items ?? []).flatMap(({ warehouse_id, source }) =>
          source === null ? [] : [[warehouse_id, source]],
        ),
      ),
    [data],
  )
  return <NamesContext value={names}>{children}</NamesContext>
}

/** Its code, where one is known; of others beyond what is loaded it is not. */
export function useWarehouseName(id: string): string {
  return use(NamesContext).get(id) ?? shortId(id)
}
