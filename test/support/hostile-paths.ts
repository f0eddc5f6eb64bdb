import { createRandom, type Random } from '../campaigns/random.ts'

const segments = [
  '..',
  '.',
  '',
  'src',
  'docs',
  'a.ts',
  'b',
  'link',
  'loop',
  'hard.ts',
  'file',
  'dir',
  'outside',

  '.git',
  '.GIT',
  'GIT~1',
  '.env',
  '.ENV.local',
  '.ssh',
  'node_modules',
  'Node_Modules',
  'hooks',

  'package.json',
  'PACKAGE.json',
  'package-lock.json',
  'id_rsa',
  'key.pem',
  'KEY.PEM',
  'secrets.ts',

  'ignored',
  'ignored.ts',
  'con',
  'NUL.txt',
  'COM1',
  'a.',
  'a ',
  ' a',
  'a::$DATA',
  'C:',
  'c:\\',
  '~',

  'canary.txt',
  'passwd',
  'etc',
  'proc',
  'self',
  'fd',
  '0',
  'cwd',
  'root',
  '%2e%2e',
  '..%2f',
  '..;',

  '\u002e\u002e',
  '\uff0e\uff0e',
  '\u2024\u2024',
  '.\u200cgit',
  'gi\u0307t',
  'e\u0301.ts',
  '\u00e9.ts',

  '.g\u0131t',
  '\u212aey.pem',
  'a\0b',
  'a\nb',
  '\u202egpj.ts',
  '\ud800',
  'x'.repeat(300),
  'migrations',
]
const separators = ['/', '/', '/', '/', '//', '\\', '\u2215', '/./', '/../', '\0/']
const starts = [
  '',
  '',
  '',
  '',
  'src/',
  'src/',
  '/',
  './',
  '../',
  '\\\\host\\',
  'file:///',
  '//',
  'C:/',
]

/** Makes paths that try to leave a folder, or to reach what is protected in it. The same seed makes the same paths. */
export function hostilePaths(count: number, seed: number, above: string): string[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => hostilePath(random, above))
}

function hostilePath(random: Random, above: string): string {
  const length = random.between(1, 6)
  let path = random.chance(0.03) ? `${above}/` : random.pick(starts)
  for (let index = 0; index < length; index++) {
    path += (index > 0 ? random.pick(separators) : '') + random.pick(segments)
  }
  return random.chance(0.1) ? `src/link/${path}` : path
}
