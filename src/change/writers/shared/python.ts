/** Writes a text as strings of Python, one for each line, which Python joins. */
export function toPythonString(text: string, by: string): string {
  const lines = text.split(/(?<=\n)/)
  return lines.map((line) => `${by}${JSON.stringify(line)}`).join('\n')
}
