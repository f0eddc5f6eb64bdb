/** Appends a value to the list stored under its key. */
export function append<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}

/** Groups items by key, and keeps their order within each group. */
export function groupBy<K, V>(items: Iterable<V>, toKey: (item: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  let group: V[] | undefined
  let last: K | undefined
  for (const item of items) {
    const key = toKey(item)
    // rows of a database often arrive sorted by key, so neighbours share one look-up
    if (!group || key !== last) {
      last = key
      group = groups.get(key) ?? []
      groups.set(key, group)
    }
    group.push(item)
  }
  return groups
}
