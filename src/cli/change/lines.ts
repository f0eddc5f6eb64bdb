import type { Paint } from './visible.ts'

type Color = Parameters<Paint>[0]

/** Prints a heading and a line for each item; nothing if there are none. */
export function toList(
  title: string,
  items: readonly string[],
  paint: Paint,
  color: 'bad' | 'wait',
): string[] {
  if (items.length === 0) return []
  return ['', paint(color, title), ...items.map((item) => paint(color, `  ! ${toOneLine(item)}`))]
}

/** Prints a name and its value, whose further lines are indented. */
export function toFact(name: string, text: string, paint: Paint, color: Color = null): string {
  const [first = '', ...more] = text.split('\n')
  const indent = ' '.repeat(10)
  return [
    name.padEnd(10) + paint(color, first),
    ...more.map((line) => indent + paint(color, line)),
  ].join('\n')
}

/** A line end in a text must not begin a line of the output that looks like one of the program. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
