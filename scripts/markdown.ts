/** Pieces of the generated pages. */

/** Stands at the head of each. */
export const notice = '<!-- Made by `npm run docs`; changes belong into the table in the code. -->'

export function code(text: string): string {
  return `\`${text}\``
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => {
    const escaped = cells.map((cell) => cell.replaceAll('|', '\\|'))
    return `| ${escaped.join(' | ')} |`
  })
  return lines.join('\n')
}
