import { isRecord } from '../json.ts'

/**
 * Resolves to the answer of a query of postgres.js, and to nothing that its connection kept of another one. A connection that
 * is lost within an answer keeps the number of the rows it had read, so that the first rows of its next answer are missing
 * from the array, and an error it had read, with which its next query then fails.
 *
 * @param values The values of the query, as they were given to postgres.js. It gives them back with each error.
 * @see docs/decisions/246-answers-of-a-lost-connection.md
 */
export async function ownAnswer<Answer extends readonly unknown[]>(
  query: PromiseLike<Answer>,
  values: readonly unknown[],
): Promise<Answer> {
  try {
    return closeGap(await query)
  } catch (error) {
    if (!isOfAnother(error, values)) throw error
    const lost = new Error('The connection was lost before the statement was sent', {
      cause: error,
    })
    throw Object.assign(lost, { code: 'CONNECTION_CLOSED' })
  }
}

/** Removes the missing rows at the start of a result, or of the first one if a message has several. */
function closeGap<Answer extends readonly unknown[]>(answer: Answer): Answer {
  if (answer.length === 0) return answer
  if (!(0 in answer)) {
    const rows = answer as readonly unknown[] as unknown[] // nobody else has the array yet
    rows.splice(0, rows.findIndex(Boolean))
  } else if (isResult(answer[0])) closeGap(answer[0])
  return answer
}

/** Is this a result of postgres.js, and not one of its rows? */
function isResult(value: unknown): value is unknown[] {
  return Array.isArray(value) && 'command' in value
}

function isOfAnother(error: unknown, values: readonly unknown[]): boolean {
  return (
    isRecord(error) && error.name === 'PostgresError' && 'args' in error && error.args !== values
  )
}
