import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStudioClient } from 'fetch-studio/client'
import { consoleAssets } from 'fetch-studio/console'
import { nodeWorkspace, serve } from 'fetch-studio/node'
import { Studio } from 'fetch-studio'

/** A studio with change sets of a copy of the demo's sources. */
export interface ChangesDemo {
  readonly url: string
  close(): Promise<void>
}

/** Serves a studio over a copy of the demo, and proposes some edits of it. The demo itself lets nobody edit its files. */
export async function startChangesDemo(): Promise<ChangesDemo> {
  const root = await mkdtemp(join(tmpdir(), 'studio-shots-'))
  await cp(join(process.cwd(), 'examples/support-desk'), root, { recursive: true })
  const studio = new Studio([], {
    console: consoleAssets(),
    workspace: nodeWorkspace({ root, write: ['*.ts', '*.md'] }),
    allow: ['ai_patch'],
  })
  await propose(studio)
  const { url, close } = await serve(studio, { port: 0, log: false, handleSignals: false })
  return {
    url,
    async close() {
      await close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

async function propose(studio: Studio): Promise<void> {
  const { changes } = createStudioClient({ fetch: studio.fetch })
  const readme = await changes.preview({
    reason: 'Say where the demo listens',
    operations: [{ type: 'insert_text', path: 'README.md', start_line: 3, text: 'It is local.\n' }],
  })
  if (readme.change_set) {
    await changes.decide(readme.change_set, { approved: true })
    await changes.apply(readme.change_set)
  }
  const once = await changes.preview({
    reason: 'Is it still used?',
    operations: [{ type: 'modify_file', path: 'once.ts', text: 'export {}\n' }],
  })
  if (once.change_set) await changes.decide(once.change_set, { approved: false, reason: 'It is' })
  await changes.preview({
    reason: 'The agent answers in the language of the customer',
    operations: [
      {
        type: 'replace_text',
        path: 'studio.ts',
        old_text: 'Amounts are in euros.',
        new_text: 'Amounts are in euros. Answer in the language of the customer.',
      },
      {
        type: 'replace_text',
        path: 'studio.ts',
        old_text: "quickPrompts: ['Summarize order ORD-1001.'",
        new_text: "quickPrompts: ['Fasse ORD-1001 zusammen.', 'Summarize order ORD-1001.'",
      },
      { type: 'modify_file', path: 'rules.ts', text: 'export const rules = eval("[]")\n' },
    ],
  })
}
