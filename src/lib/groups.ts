/** Adds a value to the list of its key. */
export function append<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}

/** Lists the items of each key, in their order. */
export function groupBy<K, V>(items: Iterable<V>, toKey: (item: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const item of items) append(groups, toKey(item), item)
  return groups
}
