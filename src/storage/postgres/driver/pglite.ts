import type { SqlCells, SqlDriver } from './driver.ts'

/** The methods of PGlite that the stores call. */
export interface PgliteLike {
  query(
    text: string,
    parameters?: unknown[],
    options?: object,
  ): Promise<{ readonly rows: readonly unknown[] }>
  exec(text: string): Promise<unknown>
}

/** The oid of PostgreSQL's type `text`. */
const textType = 25

/** Cells stay text, whatever parsers PGlite was created with. */
const asText = {
  rowMode: 'array',
  parsers: { [textType]: (text: string) => text },
  serializers: { [textType]: (text: string) => text },
}

/** Runs statements in PGlite, in this process. */
export function pgliteDriver(pglite: PgliteLike): SqlDriver {
  return {
    width: 1,
    async query(text, parameters) {
      const texts = parameters.map((value) => (value === null ? null : String(value)))
      const { rows } = await pglite.query(text, texts, asText)
      return rows as readonly SqlCells[]
    },
    // One message is one transaction, so a statement that fails leaves none open.
    script: async (text) => void (await pglite.exec(text)),
  }
}
