import type { BlobEntry } from '../port.ts'

/** What a bucket says about a list of objects. */
export interface ListAnswer {
  readonly items: readonly BlobEntry[]
  readonly isTruncated: boolean
}

/**
 * Reads the XML of `ListObjectsV2`. Null when it is anything else, such as half of it: an answer that ends early would look
 * like an end of the list.
 */
export function readListAnswer(xml: string): ListAnswer | null {
  if (!/<\/ListBucketResult>\s*$/.test(xml)) return null
  const items: BlobEntry[] = []
  for (const [, contents = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
    const key = textOf(contents, 'Key')
    const writtenAt = Date.parse(textOf(contents, 'LastModified') ?? '')
    if (key === null || Number.isNaN(writtenAt)) return null
    items.push({ key, writtenAt })
  }
  const isTruncated = textOf(xml.replaceAll(/<Contents>.*?<\/Contents>/gs, ''), 'IsTruncated')
  return isTruncated === null ? null : { items, isTruncated: isTruncated === 'true' }
}

/** Reads the code of an error, such as `NoSuchKey`; null when the answer has none. */
export function readErrorCode(xml: string): string | null {
  return /<Code>([A-Za-z]{1,64})<\/Code>/.exec(xml)?.[1] ?? null
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function textOf(xml: string, name: string): string | null {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? []
  if (text === undefined) return null
  return text.replaceAll(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (...match) => {
      const [whole, named, decimal, hex] = match as string[]
      if (named !== undefined) return entities[named.toLowerCase()] ?? String(whole)
      return String.fromCodePoint(
        decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal),
      )
    },
  )
}
