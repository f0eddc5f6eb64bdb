import { toBase64 } from '../../../lib/files/base64.ts'
import type { MigrationContent } from '../../core/read.ts'

/** The content of `atlas.sum`, compared with the files. */
export interface AtlasSum {
  /** Hash of each file and all files before it, by file name; empty if `atlas.sum` does not match. */
  readonly hashes: ReadonlyMap<string, string>
  /** Why Atlas refuses the folder; null if Atlas accepts it. */
  readonly refusal: string | null
}

const encoder = new TextEncoder()

/** Parses `atlas.sum` and checks it as Atlas does. Computes O(log n) hashes for n files. */
export async function readAtlasSum(
  sum: string | null,
  files: readonly MigrationContent[],
): Promise<AtlasSum> {
  if (sum === null) {
    return { hashes: new Map(), refusal: files.length > 0 ? '"checksum file not found"' : null }
  }
  const hashes = new Map(
    [...sum.matchAll(/^(\S.*?) h1:(\S+)[ \t]*\r?$/gm)].map(([, name = '', hash = '']) => [
      name,
      hash,
    ]),
  )
  const summed = files.filter(({ text }) => !isLeftOut(text))
  const wrong = await findFirst(summed.length, async (index) => {
    const file = summed[index]
    const before = file ? files.slice(0, files.indexOf(file) + 1) : []
    return hashes.get(file?.path ?? '') !== (await hashFiles(before))
  })
  const first = summed[wrong]
  if (first) return refuse(`the first file that differs is ${first.path}`)
  if (hashes.size !== summed.length) return refuse('it lists files that are gone')
  const [, total] = /^h1:(\S+)/.exec(sum) ?? []
  const lines = [...hashes].map(([name, hash]) => name + hash).join('')
  if (total !== (await hash([encoder.encode(lines)]))) return refuse('its own sum is wrong')
  return { hashes, refusal: null }
}

/** Writes `atlas.sum` for all files of a folder, in the order of their names. */
export async function writeAtlasSum(
  files: readonly { readonly path: string; readonly content: string }[],
): Promise<string> {
  const contents = files.map(({ path, content }) => ({
    path,
    bytes: encoder.encode(content),
    text: content,
  }))
  const lines: { readonly path: string; readonly hash: string }[] = []
  for (const [index, { path, text }] of contents.entries()) {
    if (!isLeftOut(text)) lines.push({ path, hash: await hashFiles(contents.slice(0, index + 1)) })
  }
  const total = await hash([encoder.encode(lines.map((line) => line.path + line.hash).join(''))])
  return [`h1:${total}`, ...lines.map((line) => `${line.path} h1:${line.hash}`), ''].join('\n')
}

function refuse(reason: string): AtlasSum {
  return { hashes: new Map(), refusal: `"checksum mismatch" (${reason})` }
}

// a file may ask to be left out of the hash; its name counts all the same
function isLeftOut(text: string | null): boolean {
  return /^--[ \t]*atlas:sum[ \t]+ignore[ \t]*$/m.test(text?.slice(0, 4096) ?? '')
}

/** Binary search: returns the first index for which `isWrong` holds, or `count`. It must hold for all later ones too. */
async function findFirst(
  count: number,
  isWrong: (index: number) => Promise<boolean>,
): Promise<number> {
  let [low, high] = [0, count]
  if (count > 0 && !(await isWrong(count - 1))) return count
  while (low < high) {
    const middle = (low + high) >> 1
    if (await isWrong(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function hashFiles(
  files: readonly Pick<MigrationContent, 'path' | 'bytes' | 'text'>[],
): Promise<string> {
  return hash(
    files.flatMap(({ path, bytes, text }) => {
      const name = encoder.encode(path)
      return bytes === null || isLeftOut(text) ? [name] : [name, bytes]
    }),
  )
}

async function hash(chunks: readonly Uint8Array[]): Promise<string> {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)))
}
