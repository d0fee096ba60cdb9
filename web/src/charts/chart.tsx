/**
 * uPlot as a component: it fills the width of its place, follows the colours, and draws new data without being made
 * again. To a screen reader it is an image with a description; the numbers are beside it in the view.
 */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import { useLocale } from 'use-intl'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { coloursOf, type ChartColours } from './colours.ts'

interface ChartProps {
  readonly label: string
  /** In pixels. */
  readonly height: number
  readonly data: UPlot.AlignedData
  /** Made anew when the colours or the language change; keep it the same otherwise. */
  readonly options: (colours: ChartColours) => Omit<UPlot.Options, 'width' | 'height'>
}

export function Chart({ label, height, data, options }: ChartProps): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)
  const newest = useRef(data)
  const scheme = useComputedColorScheme()
  const locale = useLocale()

  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const size = () => ({ width: element.clientWidth, height })
    const made = new UPlot({ ...options(coloursOf(element)), ...size() }, newest.current, element)
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize(size()))
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [options, height, scheme, locale])

  useEffect(() => {
    newest.current = data
    plot.current?.setData(data)
  }, [data])

  return <div ref={place} role="img" aria-label={label} style={{ minHeight: height }} />
}
