import { listAttributes, withoutComment } from './attributes.ts'

/** Changes of the lines of a file, by the numbers that the lines have before all of them. */
export class LineEdits {
  readonly #lines: readonly string[]
  readonly #changed = new Map<number, string | null>()
  readonly #added = new Map<number, string[]>()

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  /** Returns a line as it is after the changes so far. */
  line(at: number): string {
    return this.#changed.get(at) ?? this.#lines[at] ?? ''
  }

  replace(at: number, line: string): void {
    if (this.#changed.get(at) !== null) this.#changed.set(at, line)
  }

  remove(at: number): void {
    this.#changed.set(at, null)
  }

  isRemoved(at: number): boolean {
    return this.#changed.get(at) === null
  }

  /** Adds lines after a line; -1 is the place before the first. They get the line end of the file. */
  insert(after: number, ...lines: string[]): void {
    const end = this.#lines[0]?.endsWith('\r') ? '\r' : ''
    const added = lines.map((line) => line + end)
    this.#added.set(after, [...(this.#added.get(after) ?? []), ...added])
  }

  toText(): string {
    const first = this.#added.get(-1) ?? []
    const rest = this.#lines.flatMap((line, at) => {
      const now = this.#changed.has(at) ? this.#changed.get(at) : line
      return [...(typeof now === 'string' ? [now] : []), ...(this.#added.get(at) ?? [])]
    })
    return [...first, ...rest].join('\n')
  }
}

/** Sets an attribute of a line, or removes it when the text is null. `name` may be the start of a name that ends in a dot. */
export function setAttribute(line: string, name: string, text: string | null): string {
  const code = withoutComment(line)
  const found = listAttributes(code)
  const old = found.find((one) =>
    name.endsWith('.') ? one.name.startsWith(name) : one.name === name,
  )
  if (old && text !== null) return line.slice(0, old.start) + text + line.slice(old.end)
  if (old) return line.slice(0, old.start).trimEnd() + line.slice(old.end)
  if (text === null) return line
  const end = found.at(-1)?.end ?? code.trimEnd().length
  return `${line.slice(0, end)} ${text}${line.slice(end)}`
}

/** Adds an argument to the attribute at a place, such as `map: "name"`. */
export function withArgument(line: string, start: number, argument: string): string {
  const found = listAttributes(withoutComment(line)).find((one) => one.start === start)
  if (!found) return line
  const args = found.args?.trim() ? `${found.args}, ${argument}` : argument
  return `${line.slice(0, start)}${found.name}(${args})${line.slice(found.end)}`
}
