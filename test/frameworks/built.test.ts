import { join } from 'node:path'
import { beforeAll } from 'vitest'
import { describeFramework } from './conformance.ts'
import { startServer } from './process.ts'
import { createFrameworksProject, project, runTool } from './project.ts'

beforeAll(() => createFrameworksProject(['nextjs', 'sveltekit', 'astro', 'nitro']), 300_000)

describeFramework('Next.js', async () => {
  await runTool('nextjs', 'next', ['build'])
  const next = join(project, 'node_modules/next/dist/bin/next')
  return start('nextjs', (port) => [next, 'start', '-H', '127.0.0.1', '-p', port])
})

describeFramework('SvelteKit', async () => {
  await runTool('sveltekit', 'vite', ['build'])
  return start('sveltekit', () => ['build/index.js'])
})

describeFramework('Astro', async () => {
  await runTool('astro', 'astro', ['build'])
  return start('astro', () => ['dist/server/entry.mjs'])
})

describeFramework('Nitro 2', async () => {
  await runTool('nitro', 'nitropack', ['build'])
  return start('nitro', () => ['.output/server/index.mjs'])
})

const start = (name: string, toArgs: (port: string) => string[]) =>
  startServer({ cwd: join(project, name), command: process.execPath, toArgs })
