import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../../src/cli/embedded.ts'
import type { ExampleServer } from './conformance.ts'

/** A program that listens on a port of its choice: `HOST` and `PORT`, or an argument. */
export interface ServerProgram {
  readonly cwd: string
  readonly command: string
  toArgs(port: string): string[]
}

/** Starts a program and waits until it accepts requests. What it printed is in the error if it does not. */
export async function startServer({ cwd, command, toArgs }: ServerProgram): Promise<ExampleServer> {
  const port = String(await findFreePort())
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, PORT: port, HOST: '127.0.0.1', NODE_ENV: 'production' }
  const child = spawn(command, toArgs(port), { cwd, env })
  const output: string[] = []
  child.stdout.on('data', (text: Buffer) => output.push(text.toString()))
  child.stderr.on('data', (text: Buffer) => output.push(text.toString()))
  const exit = once(child, 'close')
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    child.kill('SIGKILL')
    await exit
  }
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    if (await isListening(url)) return { url, stop }
    await sleep(100)
  }
  await stop()
  throw new Error(`${command} does not listen on ${url}:\n${output.join('')}`)
}

function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}
