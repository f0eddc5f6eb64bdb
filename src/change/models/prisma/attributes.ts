/** An attribute of a line of Prisma's schema, with its place in the line. */
export interface PrismaAttribute {
  /** With its signs: `@id`, `@db.VarChar`, `@@index`. */
  readonly name: string
  /** The text between the parentheses; null without them. */
  readonly args: string | null
  readonly start: number
  readonly end: number
}

/** Returns the line without the comment at its end. */
export function withoutComment(line: string): string {
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') at = endOfString(line, at)
    else if (line.startsWith('//', at)) return line.slice(0, at)
  }
  return line
}

/** Returns true if every bracket and string that the text opens is closed in it. */
export function isClosed(code: string): boolean {
  let depth = 0
  for (let at = 0; at < code.length; at++) {
    const char = code[at] ?? ''
    if (char === '"') at = endOfString(code, at)
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    if (at >= code.length || depth < 0) return false
  }
  return depth === 0
}

/** Lists the attributes of a line whose brackets are closed. */
export function listAttributes(code: string): PrismaAttribute[] {
  const found: PrismaAttribute[] = []
  for (let at = 0; at < code.length; at++) {
    if (code[at] === '"') at = endOfString(code, at)
    const name = code[at] === '@' ? /^@@?[\w.]+/.exec(code.slice(at))?.[0] : undefined
    if (name === undefined) continue
    const open = at + name.length
    const end = code[open] === '(' ? endOfBracket(code, open) : open
    const args = end > open ? code.slice(open + 1, end - 1) : null
    found.push({ name, args, start: at, end })
    at = end - 1
  }
  return found
}

/** Splits arguments at the commas between them. */
function splitArguments(args: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < args.length; at++) {
    const char = args[at] ?? ''
    if (char === '"') at = endOfString(args, at)
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    else if (char === ',' && depth === 0) {
      parts.push(args.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, args.slice(from)].map((part) => part.trim()).filter(Boolean)
}

/** Returns the argument with a name, or the first one that has none. */
export function findArgument(args: string | null, name: string | null): string | null {
  const parts = splitArguments(args ?? '')
  const named = /^(\w+)\s*:\s*(.*)$/s
  if (name === null) return parts.find((part) => !named.test(part)) ?? null
  const found = parts.map((part) => named.exec(part)).find((match) => match?.[1] === name)
  return found?.[2] ?? null
}

/** Reads a text in quotes; null if it is none, or has escapes. */
export function readString(text: string | null): string | null {
  return /^"([^"\\]*)"$/.exec(text ?? '')?.[1] ?? null
}

/** Reads the names of a list of fields: `[a, b(sort: Desc)]`. */
export function readNames(text: string | null): string[] {
  const inner = /^\[(.*)\]$/s.exec(text ?? '')?.[1] ?? ''
  return splitArguments(inner).map((part) => part.replace(/\(.*$/s, '').trim())
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return text.length
}

function endOfBracket(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '"') at = endOfString(text, at)
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) return at + 1
  }
  return text.length
}
