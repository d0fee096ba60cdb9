/** Puts a text where it can be pasted from. */
import { useEffect, useState } from 'react'

/** For so long one is told that it was done, in milliseconds. */
const toldMs = 1_500

export function useCopy(text: string): { readonly isCopied: boolean; readonly copy: () => void } {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setIsCopied(false), toldMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = (): void =>
    void copyText(text).then(
      () => setIsCopied(true),
      () => undefined,
    )
  return { isCopied, copy }
}

/** A page that came without TLS has no clipboard (https://w3c.github.io/clipboard-apis/), but can still copy what is selected. */
async function copyText(text: string): Promise<void> {
  if ('clipboard' in navigator) return navigator.clipboard.writeText(text)
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  field.style.opacity = '0'
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
}
