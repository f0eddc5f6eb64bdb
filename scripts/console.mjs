// Builds src/console/ into one module of compressed files, which the package serves from memory.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = 'src/console'

const browsers = ['es2022', 'chrome109', 'firefox115', 'safari16.4']

const types = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Builds the files of the console. Returns each with its name, content and compressed content, whether it is needed until
 * the overview shows, and the HTML of the shell.
 */
export async function buildConsole() {
  const [scripts, [theme, style]] = await Promise.all([
    bundleScripts('main.tsx'),
    buildAlone(['first-theme.ts', 'style/index.css']),
  ])
  const names = new Set([scripts.find(({ isEntry }) => isEntry).fileName])
  for (const name of names) {
    const { imports } = scripts.find(({ fileName }) => fileName === name)
    for (const imported of imports) names.add(imported)
  }
  const shell = [...names]
  const first = [...shell, theme.name, style.name]
  const icon = readFileSync(join(root, folder, 'icon.svg'))
  const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`
  const contents = [
    ...scripts.map(({ fileName, code }) => ({ name: fileName, content: Buffer.from(code) })),
    theme,
    style,
    { name: iconName, content: icon },
  ]
  const files = contents.map(({ name, content }) => ({
    name,
    type: types[name.slice(name.lastIndexOf('.'))],
    content,
    gzip: gzipSync(content, { level: 9 }),
    first: first.includes(name),
  }))
  const named = { shell, theme: theme.name, style: style.name, icon: iconName }
  return { files, shell: createShell(named) }
}

/** Bundles an entry with Rolldown, which needs fewer and smaller files than esbuild for code that several pages share. */
async function bundleScripts(entry) {
  const bundle = await rolldown({
    cwd: root,
    input: join(folder, entry),
    tsconfig: false,
    transform: {
      // without marks of pure calls, which the files would keep
      jsx: { runtime: 'automatic', importSource: 'preact', pure: false },
      target: browsers,
    },
  })
  const { output } = await bundle.generate({
    format: 'esm',
    minify: true,
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: '[name]-[hash].js',
  })
  await bundle.close()
  return output
}

/** Builds files that share nothing. */
async function buildAlone(names) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `${folder}/${name}`),
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: browsers,
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  })
  return outputFiles.map(({ path, contents }) => ({
    name: basename(path),
    content: Buffer.from(contents),
  }))
}

function createShell({ shell: [main, ...chunks], theme, style, icon }) {
  const file = (name) => `{root}assets/${name}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Studio</title>
<link rel="icon" href="${file(icon)}">
<link rel="stylesheet" href="${file(style)}">
<script src="${file(theme)}"></script>
${chunks.map((name) => `<link rel="modulepreload" href="${file(name)}">\n`).join('')}<script type="module" src="${file(main)}"></script>
</head>
<body>
<div id="console"></div>
<noscript>The console needs JavaScript.</noscript>
</body>
</html>
`
}

/** Returns the text of the module `bundled-console.js`: `shell` and `files`, as src/bundled-console.d.ts declares them. */
export async function bundleConsole() {
  const { files, shell } = await buildConsole()
  const encoded = files.map(({ name, type, gzip }) => [
    name,
    { type, gzip: gzip.toString('base64') },
  ])
  return `export const shell = ${JSON.stringify(shell)}\nexport const files = ${JSON.stringify(Object.fromEntries(encoded), null, 1)}\n`
}

/** Lets esbuild build the console when something imports it, because src/ has only its sources. */
export const consolePlugin = {
  name: 'bundled-console',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/bundled-console\.js$/ }, ({ path }) => ({ path, namespace: 'console' }))
    onLoad({ filter: /./, namespace: 'console' }, async () => ({ contents: await bundleConsole() }))
  },
}

/** Does the same for Vitest. */
export function consoleVitePlugin() {
  const id = '\0bundled-console'
  let bundle
  return {
    name: 'bundled-console',
    enforce: 'pre',
    resolveId: (source) => (source.endsWith('/bundled-console.js') ? id : null),
    load: (asked) => (asked === id ? (bundle ??= bundleConsole()) : null),
  }
}
