const allowed = /^[\w%-]+(?:\/[\w%-]+)*$/
const maxKeyLength = 900

/**
 * Checks a key of a blob before it becomes a path or a URL.
 *
 * @throws TypeError for a key that may lead elsewhere: with an empty part, a dot or a backslash, or too long.
 */
export function checkKey(key: string): string {
  if (key.length <= maxKeyLength && allowed.test(key)) return key
  throw new TypeError(
    `A key of a blob is a path of at most ${maxKeyLength} letters, digits, "-", "_" and "%"`,
  )
}

/** Above every key of one run. */
export const runsPrefix = 'runs/'

/** Returns the beginning of the keys of a run. */
export function prefixOfRun(runId: string): string {
  const escaped = encodeURIComponent(runId).replace(
    /[.!~*'()]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${runsPrefix}${escaped}/`
}

/** Returns the key of the archived log of a run. */
export function keyOfLog(runId: string): string {
  return `${prefixOfRun(runId)}log`
}

/** Returns the run of a key; null for a key of nothing that a run has. */
export function runOfKey(key: string): string | null {
  const [, folder] = /^runs\/([\w%-]+)\/(?:[0-9a-f]{64}|log)$/.exec(key) ?? []
  if (folder === undefined) return null
  try {
    const runId = decodeURIComponent(folder)
    return prefixOfRun(runId) === `${runsPrefix}${folder}/` ? runId : null
  } catch {
    return null
  }
}
