/** A canvas knows no style sheets, so the colours of the theme are read from where it stands. */
export interface ChartColours {
  readonly text: string
  readonly grid: string
  readonly line: string
  readonly fill: string
  readonly booked: string
  readonly other: string
}

export function coloursOf(element: Element): ChartColours {
  const style = getComputedStyle(element)
  const of = (name: string): string => style.getPropertyValue(`--bincard-${name}`).trim()
  return {
    text: of('chart-text'),
    grid: of('hairline'),
    line: of('chart-line'),
    fill: of('chart-fill'),
    booked: of('booked'),
    other: of('other'),
  }
}
