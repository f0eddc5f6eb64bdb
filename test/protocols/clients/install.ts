import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type OpenAI from 'openai'
import type { AiSdkModules } from '../ai-sdk-ui/ai-sdk-client.ts'
import type { LangChainMessage } from '../openai/scenario-client.ts'

const run = promisify(execFile)
const source = fileURLToPath(new URL('.', import.meta.url))
const target = fileURLToPath(new URL('../../../.tools/protocol-clients/', import.meta.url))
const files = ['package.json', 'package-lock.json', 'load.mjs']

interface Settings {
  readonly baseURL: string
  readonly apiKey: string
  readonly fetch: typeof fetch
}

/** Makes a model of the AI SDK of OpenAI's API. */
type Provider<More> = (settings: Settings & More) => {
  (model: string): unknown
  responses(model: string): unknown
  chat(model: string): unknown
}

/** What `load.mjs` exports, as far as the scenarios use it. */
export interface OtherClients {
  readonly ai5: Omit<AiSdkModules, 'Chat'>
  readonly ai7: Omit<AiSdkModules, 'Chat'> & {
    streamText(options: object): { readonly fullStream: AsyncIterable<unknown> }
  }
  readonly Chat5: unknown
  readonly Chat7: unknown
  readonly createOpenAI: Provider<object>
  readonly createOpenAICompatible: Provider<{ name: string; includeUsage: boolean }>
  readonly createOpenResponses: (
    settings: Omit<Settings, 'baseURL'> & { name: string; url: string },
  ) => (model: string) => unknown
  readonly ChatOpenAI: new (options: object) => {
    invoke(text: string): Promise<LangChainMessage>
  }
  readonly OpenAI: typeof OpenAI
}

/** Installs the clients of `package-lock.json` once, outside of the project, and loads them. */
export async function loadOtherClients(): Promise<OtherClients> {
  const lock = await readFile(join(source, 'package-lock.json'), 'utf8')
  const marker = join(target, 'installed')
  await mkdir(target, { recursive: true })
  await Promise.all(files.map((file) => cp(join(source, file), join(target, file))))
  if ((await readFile(marker, 'utf8').catch(() => '')) !== lock) {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: target })
    await writeFile(marker, lock)
  }
  return (await import(pathToFileURL(join(target, 'load.mjs')).href)) as OtherClients
}
