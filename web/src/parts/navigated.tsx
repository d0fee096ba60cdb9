/** Whether the person has gone from one view to another since the page was loaded. */
import { useRouter } from '@tanstack/react-router'
import { createContext, use, useCallback, useEffect, useRef, type ReactNode } from 'react'

const NavigatedContext = createContext<() => boolean>(() => false)

export function NavigatedProvider({ children }: { children: ReactNode }): ReactNode {
  const router = useRouter()
  const navigated = useRef(false)
  useEffect(
    () =>
      router.subscribe('onBeforeNavigate', ({ fromLocation, pathChanged }) => {
        if (fromLocation !== undefined && pathChanged) navigated.current = true
      }),
    [router],
  )
  const hasNavigated = useCallback(() => navigated.current, [])
  return <NavigatedContext value={hasNavigated}>{children}</NavigatedContext>
}

export function useHasNavigated(): () => boolean {
  return use(NavigatedContext)
}
