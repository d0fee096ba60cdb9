/** Why a question has no new answer. */
import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'

/** While a question that never had an answer is asked again, what went wrong before still holds. */
export function useFault({
  data,
  error,
  isFetched,
}: Pick<UseQueryResult, 'data' | 'error' | 'isFetched'>): Error | null {
  const [last, setLast] = useState<Error | null>(null)
  if (error !== null && error !== last) setLast(error)
  return error ?? (data === undefined && isFetched ? last : null)
}
