let count = 0

/** Makes a UUID v7 of a moment, in milliseconds since 1970. Each call returns another one. */
export function uuidAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(++count).padStart(12, '0')}`
}
