/** Splits a text into lines that keep their ends, so that joined they are the same text. An empty text has no lines. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Returns the line end that most lines of a text have, `\n` for a text without any. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const all = text.split('\n').length - 1
  const long = text.split('\r\n').length - 1
  return long > all / 2 ? '\r\n' : '\n'
}

/** Gives a text of a caller the line ends of the file that it goes into. */
export function withLineEnds(text: string, end: '\n' | '\r\n'): string {
  return end === '\r\n' ? text.replaceAll(/\r?\n/g, '\r\n') : text
}
