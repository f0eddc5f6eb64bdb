import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The files of the project that change sets may write: a copy, so that the demo never changes this repository. */
export interface ProjectFiles {
  readonly root: string
  /** The folder of the migrations of an app. */
  folderOf(app: string): URL
  /** Reads which columns of the customer an order shows. */
  readOrderView(): Promise<readonly string[]>
  remove(): Promise<void>
}

/** Copies the migrations and the view of the orders into a new folder outside of any repository. */
export async function copyProjectFiles(): Promise<ProjectFiles> {
  const root = await mkdtemp(join(tmpdir(), 'support-desk-'))
  for (const name of ['migrations', 'order-view.json']) {
    await cp(new URL(name, import.meta.url), join(root, name), { recursive: true })
  }
  return {
    root,
    folderOf: (app) => pathToFileURL(`${join(root, 'migrations', app)}/`),
    async readOrderView() {
      const text = await readFile(join(root, 'order-view.json'), 'utf8')
      return (JSON.parse(text) as { customer: string[] }).customer
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
