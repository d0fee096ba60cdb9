/** The value of each series without labels, by its name, from the text format of Prometheus. */
export function readValues(text: string): Map<string, number> {
  const found = text.matchAll(/^([a-zA-Z_:][\w:]*) (\S+)/gm)
  return new Map([...found].map(([, name = '', value]) => [name, Number(value)]))
}
