/** The origins of a view's columns, as its rewrite rule records them. */
export interface ViewOrigins {
  /** The origin of each copied column by its position in the view. A column without an entry is computed. */
  readonly copied: ReadonlyMap<number, { readonly oid: string; readonly position: number }>
  /** True when the rule uses a whole row as a value, which stands for all its columns. */
  readonly usesWholeRows: boolean
}

/**
 * Parses `pg_rewrite.ev_action` of a view, PostgreSQL 14 to 18. A column in an unexpected format counts as computed, so a
 * change of the format can only make more columns sensitive.
 */
export function parseViewRule(action: string): ViewOrigins {
  const copied = new Map<number, { oid: string; position: number }>()
  for (const entry of listTargets(action)) {
    const facts =
      /:resno (\d+) :resname .*:resorigtbl (\d+) :resorigcol (\d+) :resjunk false\}$/s.exec(entry)
    const [, position, oid = '0', column] = facts ?? []
    if (oid !== '0') copied.set(Number(position), { oid, position: Number(column) })
  }
  return { copied, usesWholeRows: /:varattno 0\b/.test(action) }
}

/** Returns the entries of the outermost target list: `({QUERY … :targetList ({TARGETENTRY …} …) …})`. */
function listTargets(action: string): string[] {
  const entries: string[] = []
  let depth = 0
  let inList = false
  let start = 0
  for (let at = 0; at < action.length; at++) {
    const letter = action[at]
    if (letter === '\\') at++
    else if (letter === '(' || letter === '{') {
      depth++
      if (depth === 3 && letter === '(') inList = action.slice(at - 12, at) === ':targetList '
      if (depth === 4 && inList) start = at
    } else if (letter === ')' || letter === '}') {
      if (depth === 4 && inList) entries.push(action.slice(start, at + 1))
      depth--
      if (depth === 2) inList = false
    }
  }
  return entries
}
