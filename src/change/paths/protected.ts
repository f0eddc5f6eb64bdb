import { foldPath } from './names.ts'

/** Folders that no change set may write into, whatever the workspace allows. Names are folded. */
const folders = new Set(['node_modules', '__pycache__', 'bower_components'])

/** Files that decide which code runs, or that lock versions. */
const files = new Set([
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'bun.lock',
  'bun.lockb',
  'bunfig.toml',
  'deno.json',
  'deno.jsonc',
  'deno.lock',
  'jsr.json',
])

const secretFile =
  /\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|crt|cer|der|env)$|^(?:secrets?|credentials?)(?:\.|$)|^id_(?:rsa|dsa|ecdsa|ed25519)/

/** Returns why a path is protected, or null. Names are compared without case and in every Unicode form. */
export function findProtection(path: string): string | null {
  const segments = foldPath(path).split('/')
  if (segments.some((segment) => segment.startsWith('.'))) return 'a name that begins with a dot'
  if (segments.some((segment) => folders.has(segment))) return 'a folder of installed code'
  if (segments.some((segment) => files.has(segment) || segment.endsWith('.lock'))) {
    return 'a file that decides which code runs'
  }
  return segments.some((segment) => secretFile.test(segment)) ? 'what may hold a secret' : null
}

/** Returns true for migrations. Patches may not touch those: what was applied must stay as it is. */
export function isMigration(path: string): boolean {
  const segments = foldPath(path).split('/')
  return segments.includes('migrations')
}
