/** Adds a value to the list of its key. */
export function append<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}

/** Lists the items of each key, in their order. Neighbours of one key share a look-up: rows of a database come so, by many. */
export function groupBy<K, V>(items: Iterable<V>, toKey: (item: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  let group: V[] | undefined
  let last: K | undefined
  for (const item of items) {
    const key = toKey(item)
    if (!group || key !== last) {
      last = key
      group = groups.get(key) ?? []
      groups.set(key, group)
    }
    group.push(item)
  }
  return groups
}
