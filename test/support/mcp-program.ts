import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as Client2025 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Transport2025 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { build } from 'esbuild'
import { consolePlugin } from '../../scripts/console.mjs'
import { onTestFinished } from 'vitest'
import type { McpApi, McpResult } from './mcp-clients.ts'

const root = resolve(import.meta.dirname, '../..')

/** Builds the command line program and fixtures into a folder that the caller removes with `remove`. */
export async function buildProgram(fixtures: readonly string[]) {
  mkdirSync(join(root, '.tools'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tools/mcp-'))
  await build({
    entryPoints: [
      join(root, 'src/cli/main.ts'),
      ...fixtures.map((name) => join(root, 'test/cli/fixtures', name)),
    ],
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    plugins: [consolePlugin],
  })
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** An official client that talks to the program over stdio. */
export interface StdioClient {
  readonly api: McpApi & {
    listTools(): Promise<{
      readonly tools: readonly { readonly name: string; readonly outputSchema?: object }[]
    }>
    callTool(params: { name: string; arguments?: object }): Promise<McpResult>
  }
  /** Resolves when the lists of tools and of resources have changed. */
  readonly changed: Promise<void>
  /** What the program wrote to its error output so far. */
  errors(): string
  close(): Promise<void>
}

/** How to start the program. */
export interface ProgramStart {
  readonly folder: string
  /** @default 'mcp' */
  readonly command?: string
  readonly args: readonly string[]
  readonly env?: Record<string, string>
}

const info = { name: 'test', version: '1.0.0' }

/** The official clients of the current protocol revision and of the revisions of 2025, over stdio. */
export const stdioClients = [
  { revision: '2026-07-28', Client, Transport: StdioClientTransport },
  { revision: '2025-11-25', Client: Client2025, Transport: Transport2025 },
] as const

/** Starts the program with an official client, which ends it after the test. */
export async function connectStdio(
  { revision, Client: AnyClient, Transport }: (typeof stdioClients)[number],
  { folder, args, env = {} }: ProgramStart,
): Promise<StdioClient> {
  const lists = new Set<string>()
  let notify = () => undefined as void
  const changed = new Promise<void>((done) => (notify = () => lists.size === 2 && done()))
  const watch = (name: string) => ({
    debounceMs: 0,
    autoRefresh: false,
    onChanged: () => {
      lists.add(name)
      notify()
    },
  })
  const options = {
    listChanged: { tools: watch('tools'), resources: watch('resources') },
    ...(revision === '2026-07-28' ? { versionNegotiation: { mode: { pin: revision } } } : {}),
  }
  const client = new AnyClient(info, options as object)
  const transport = new Transport({
    command: process.execPath,
    args: ['main.mjs', 'mcp', ...args],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stderr: 'pipe',
  })
  let errors = ''
  transport.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  onTestFinished(() => client.close())
  await client.connect(transport as never)
  return {
    api: client as unknown as StdioClient['api'],
    changed,
    errors: () => errors,
    close: () => client.close(),
  }
}

/** The program as a process, for what no client does: broken messages, signals, a closed pipe. */
export function startProgram({ folder, command = 'mcp', args, env = {} }: ProgramStart) {
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    ['main.mjs', command, ...args],
    { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env } },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  child.stdin.on('error', () => undefined) // the program may end first
  const exit = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`)
  /** Sends `initialize` and resolves when it was answered. */
  const open = async () => {
    const clientInfo = { name: 'test', version: '1' }
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
    send({ jsonrpc: '2.0', id: 0, method: 'initialize', params })
    while (!output.stdout.includes('\n')) await once(child.stdout, 'data')
  }
  return { child, exit, output, send, open }
}
