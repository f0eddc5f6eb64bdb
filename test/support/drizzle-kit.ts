import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'
import { installTool } from './tools.ts'

const runFile = promisify(execFile)

/** What drizzle-kit offers to programs. */
interface Kit {
  generateDrizzleJson(imports: object): object
  generateMigration(before: object, after: object): Promise<string[]>
}

/** drizzle-orm and drizzle-kit of one version, outside of the project. */
export async function openDrizzle() {
  const spec = 'drizzle-orm@0.45.4 drizzle-kit@0.31.11 pg@8.23.1'
  const modules = await installTool('migrate-drizzle', spec)
  const load = async (path: string) => {
    const loaded = (await import(pathToFileURL(join(modules, path)).href)) as { default?: object }
    return { ...loaded.default, ...loaded } as unknown
  }
  const kit = (await load('drizzle-kit/api.js')) as Kit

  async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(modules, '..', 'models-'))
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Runs a file of tables, and returns its exports. */
  const run = (text: string): Promise<object> =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'schema.mjs'), transpile(text))
      return (await import(pathToFileURL(join(folder, 'schema.mjs')).href)) as object
    })

  return {
    /** Returns the statements with which drizzle-kit creates the tables of a file. */
    async print(text: string): Promise<string> {
      const [empty, full] = [{}, await run(text)].map((one) => kit.generateDrizzleJson(one))
      const statements = await kit.generateMigration(empty ?? {}, full ?? {})
      return inOrder(statements).join('\n')
    },

    /** Returns the statements with which `drizzle-kit push` makes a database as the file says. */
    async push(text: string, url: string): Promise<string[]> {
      return inFolder(async (folder) => {
        const config = { dialect: 'postgresql', schema: './schema.mjs', dbCredentials: { url } }
        const whole = { ...config, schemaFilter: ['public', 'shop'], verbose: true }
        const lines = [`export default ${JSON.stringify(whole)}`]
        await writeFile(join(folder, 'schema.mjs'), transpile(text))
        await writeFile(join(folder, 'drizzle.config.mjs'), lines.join())
        const bin = join(modules, 'drizzle-kit/bin.cjs')
        const options = { cwd: folder, timeout: 60_000 }
        const args = [bin, 'push', '--config', 'drizzle.config.mjs']
        const { stdout } = await runFile(process.execPath, args, options)
        const isDone = /No changes detected|Changes applied/.test(stdout)
        if (!isDone) throw new Error(stdout)
        return stdout.split('\n').filter((line) => line.endsWith(';'))
      })
    },

    /** Returns what TypeScript finds wrong with files, as `line: message`. */
    check: (texts: readonly string[]): Promise<string[]> =>
      inFolder(async (folder) => {
        const files = texts.map((_text, at) => join(folder, `schema-${at}.ts`))
        await Promise.all(files.map((file, at) => writeFile(file, texts[at] ?? '')))
        return checkFiles(files)
      }),
  }
}

/**
 * Puts unique constraints and indexes before the foreign keys that need them, and out of `CREATE TABLE`, where PostgreSQL makes
 * one of two keys over the same columns.
 */
function inOrder(statements: readonly string[]): string[] {
  const line = /,?\n\tCONSTRAINT ("[^"]+" UNIQUE(?: NULLS NOT DISTINCT)?\([^)]*\))/g
  const alone = statements.map((one) => one.replace(line, ''))
  const keys = statements.flatMap((one) => {
    const table = /^CREATE TABLE (\S+) \(/.exec(one)?.[1]
    return [...one.matchAll(line)].map(([, key]) => `ALTER TABLE ${table} ADD CONSTRAINT ${key};`)
  })
  const isLast = (one: string) => one.includes(' FOREIGN KEY ')
  return [...alone.filter((one) => !isLast(one)), ...keys, ...alone.filter(isLast)]
}

function transpile(text: string): string {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  return ts.transpileModule(text, { compilerOptions: options }).outputText
}

/** Checks files with the strict options of a new project. */
function checkFiles(files: readonly string[]): string[] {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    verbatimModuleSyntax: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  })
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
    const source = file?.text.split('\n')[line - 1] ?? ''
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} (${source.trim()})`
  })
}
