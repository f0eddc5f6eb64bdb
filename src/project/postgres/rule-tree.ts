/** What a view's rule says of the columns it gives. */
export interface ViewOrigins {
  /** Where a column is copied from, by its position in the view. What is not here is worked out from something. */
  readonly copied: ReadonlyMap<number, { readonly oid: string; readonly position: number }>
  /** True when whole rows are used as values anywhere in it: these stand for every column. */
  readonly usesWholeRows: boolean
}

/**
 * Reads `pg_rewrite.ev_action` of a view, PostgreSQL 14 to 18. Anything that looks otherwise than expected counts as worked
 * out, so a change of the format makes more sensitive, never less.
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

/** The entries of the outermost target list: `({QUERY … :targetList ({TARGETENTRY …} …) …})`. */
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
