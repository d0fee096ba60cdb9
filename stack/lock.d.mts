/** The types of `lock.mjs`, which says what its functions promise. */
export type Lock =
  { readonly taken: true; readonly release: () => void } | { readonly taken: false; readonly owner: number }

export function tryLock(file: string): Lock

export function withLock<T>(
  lock: { readonly file: string; readonly limitMs: number; readonly onWait: (owner: number) => void },
  work: () => Promise<T> | T,
): Promise<T>
