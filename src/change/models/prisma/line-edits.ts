import { listAttributes, withoutComment } from './attributes.ts'

/** Changes of the lines of a file, by the numbers that the lines have before all of them. */
export interface LineEdits {
  /** Returns a line as it is after the changes so far. */
  line(at: number): string
  replace(at: number, line: string): void
  remove(at: number): void
  isRemoved(at: number): boolean
  /** Adds lines after a line; -1 is the place before the first. They get the line end of the file. */
  insert(after: number, ...lines: string[]): void
  toText(): string
}

/** Begins edits of these lines. */
export function createLineEdits(lines: readonly string[]): LineEdits {
  const changed = new Map<number, string | null>()
  const added = new Map<number, string[]>()
  return {
    line: (at) => changed.get(at) ?? lines[at] ?? '',
    replace(at, line) {
      if (changed.get(at) !== null) changed.set(at, line)
    },
    remove: (at) => void changed.set(at, null),
    isRemoved: (at) => changed.get(at) === null,
    insert(after, ...more) {
      const end = lines[0]?.endsWith('\r') ? '\r' : ''
      added.set(after, [...(added.get(after) ?? []), ...more.map((line) => line + end)])
    },
    toText() {
      const rest = lines.flatMap((line, at) => {
        const now = changed.has(at) ? changed.get(at) : line
        return [...(typeof now === 'string' ? [now] : []), ...(added.get(at) ?? [])]
      })
      return [...(added.get(-1) ?? []), ...rest].join('\n')
    },
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
