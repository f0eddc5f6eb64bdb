import type { RunBody } from '../../../client.ts'
import { chatTexts as texts } from './texts.ts'

type Message = Exclude<RunBody['message'], string | undefined>
type Part = Exclude<Extract<Message, { role: 'user' }>['content'][number], { type: 'text' }>

/** A file that goes along with a message. */
export interface ChatFile {
  readonly name: string
  /** How much of the request it takes, in bytes. */
  readonly size: number
  readonly part: Part
}

const textEndings = /\.(txt|md|csv|tsv|json|ya?ml|xml|log|sql|html?|css|[cm]?[jt]sx?)$/i

/** What the dialog of the browser offers. */
export const accepted = 'image/*,application/pdf,text/*,.md,.csv,.json,.yaml,.yml,.sql,.log'

/** Reads a file of a kind that models take. @throws Error that says what is wrong with it. */
export async function readFile(file: File): Promise<ChatFile> {
  const { name, type } = file
  const isText = type.startsWith('text/') || type === 'application/json' || textEndings.test(name)
  if (!isText && !type.startsWith('image/') && type !== 'application/pdf') {
    throw new Error(texts.badType(name))
  }
  if (isText) {
    const text = await file.text()
    const mediaType = type.replace(/;.*/, '') || 'text/plain'
    const source = { type: 'text' as const, text, mediaType, filename: name }
    return { name, size: file.size, part: { type: 'document', source } }
  }
  const data = await readBase64(file)
  const source = { type: 'base64' as const, data, mediaType: type }
  const part: Part = type.startsWith('image/')
    ? { type: 'image', source }
    : { type: 'document', source: { ...source, filename: name } }
  return { name, size: data.length, part }
}

function readBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => {
      const url = typeof reader.result === 'string' ? reader.result : ''
      resolve(url.slice(url.indexOf(',') + 1))
    })
    reader.addEventListener('error', () => reject(new Error(texts.notRead(file.name))))
    reader.readAsDataURL(file)
  })
}

const megabyte = 1_048_576

/** Writes a number of bytes: `640 kB`, `20 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < megabyte
    ? `${Math.max(1, Math.round(bytes / 1_024))} kB`
    : `${Math.floor((bytes / megabyte) * 10) / 10} MB`
}
