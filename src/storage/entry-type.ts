/** Reads the type of a log entry from its JSON, where it stands first as `toOpenJson` writes it. */
export function typeOfEntry(json: string): string {
  return /^\{"type":"([a-z_]+)"/.exec(json)?.[1] ?? (JSON.parse(json) as { type: string }).type
}
