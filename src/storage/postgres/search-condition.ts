/** SQL: does a column hold the text of a parameter? The case of letters makes no difference. */
export function holdsText(column: string, text: string): string {
  return `position(lower(${text}) in lower(${column})) > 0`
}

/** SQL: does any text or number in a JSON column hold the text of a parameter? */
export function searchesJson(column: string, text: string): string {
  const scalars = `jsonb_path_query(${column}, 'strict $.** ? (@.type() == "string" || @.type() == "number")')`
  return `exists (select from ${scalars} as v where ${holdsText(`v #>> '{}'`, text)})`
}
