/** Figures as people read them. */

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export function wholeNumber(value: number): string {
  return thousands.format(value)
}

export function rate(perSecond: number): string {
  return `${wholeNumber(perSecond)}/s`
}

/** For axes: 1k, 20k. */
export function short(value: number): string {
  if (Math.abs(value) < 1000) return String(value)
  return Math.abs(value) < 1e6
    ? `${Number((value / 1000).toFixed(1))}k`
    : `${Number((value / 1e6).toFixed(1))}M`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Two or three figures that mean something; a dash where nothing was measured. */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return '–'
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`
  return `${(milliseconds / 1000).toFixed(1)} s`
}
