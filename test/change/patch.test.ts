import { describe, expect, it } from 'vitest'
import { createFolder, createPatchStudio } from '../support/workspace.ts'

const shelf = 'export const shelf = {\n  code: text(8),\n}\n'
const open = async (files: Readonly<Record<string, string>> = { 'src/shelf.ts': shelf }) => {
  const folder = await createFolder(files)
  return { folder, ...(await createPatchStudio(folder)) }
}
const replace = {
  type: 'replace_text',
  path: 'src/shelf.ts',
  old_text: 'text(8)',
  new_text: 'text(12)',
}

describe('POST /ai/patch/preview', () => {
  it('shows the diff of a replaced text and leaves the file as it is (I-58)', async () => {
    const { folder, preview } = await open()
    const { status, body } = await preview([replace], { reason: 'codes grew' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      applied: false,
      preview_only: true,
      operations_applied: 1,
      operations_failed: 0,
      errors: [],
      rollback_available: false,
      version: '0.5.46',
      files_changed: {
        'src/shelf.ts': {
          path: 'src/shelf.ts',
          original_content: shelf,
          new_content: shelf.replace('8', '12'),
          diff: '--- a/src/shelf.ts\n+++ b/src/shelf.ts\n@@ -1,3 +1,3 @@\n export const shelf = {\n-  code: text(8),\n+  code: text(12),\n }\n',
          created: false,
        },
      },
      change_set: {
        status: 'pending',
        reason: 'codes grew',
        base: { commit: null },
        approval: { required: true, status: 'pending', tool_name: 'apply_change_set' },
      },
    })
    expect(await folder.read('src/shelf.ts')).toBe(shelf)
  })

  it('counts a text that is not in the file as one failed operation (I-58)', async () => {
    const { preview } = await open()
    const { status, body } = await preview([replace, { ...replace, old_text: 'text(9)' }, replace])
    expect(status).toBe(200)
    expect(body).toMatchObject({
      operations_applied: 1,
      operations_failed: 1,
      files_changed: {},
      checksum: '',
      change_set: null,
      errors: ['Operation 2: invalid_operation: old_text is not in the file'],
    })
  })

  it.each([
    ['no operations', { operations: [] }],
    ['an unknown type', { operations: [{ type: 'run_shell', path: 'src/a.ts' }] }],
    ['an unknown key', { operations: [{ ...replace, mode: 'fast' }] }],
    ['an unknown key beside the operations', { operations: [replace], force: true }],
    ['no object', 7],
  ])('answers 422 to %s (I-56)', async (_what, sent) => {
    const { post } = await open()
    const { status, body } = await post('/ai/patch/preview', sent)
    expect(status).toBe(422)
    expect(body).toMatchObject({ error: { code: 'unprocessable' } })
  })

  it('answers 400 to text that is not JSON', async () => {
    const { studio } = await open()
    const response = await studio.fetch('http://studio.test/ai/patch/preview', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"operations": [',
    })
    expect(response.status).toBe(400)
  })

  it('answers 400 that names each operation on classes of Python', async () => {
    const { preview } = await open()
    const { status, body } = await preview([replace, { type: 'add_field', model: 'Shelf' }])
    expect(status).toBe(400)
    expect(body).toMatchObject({
      error: { code: 'bad_request', details: [{ path: 'operations.1.type' }] },
    })
    expect(JSON.stringify(body)).toContain('add_field')
  })

  it.each([
    ['../x.ts', 'path_outside_project'],
    ['/etc/passwd', 'path_outside_project'],
    ['C:/x.ts', 'path_outside_project'],
    ['src\\x.ts', 'path_outside_project'],
    ['src/../../x.ts', 'path_outside_project'],
    ['.env', 'protected_file'],
    ['src/.env.local', 'protected_file'],
    ['.git/config', 'protected_file'],
    ['src/migrations/0001.sql', 'protected_file'],
    ['src/secrets.json', 'protected_file'],
    ['src/Credentials.YAML', 'protected_file'],
    ['src/PACKAGE.JSON', 'protected_file'],
    ['src/server.pem', 'protected_file'],
    ['src/node_modules/a/index.js', 'protected_file'],
    ['other/x.ts', 'protected_file'],
    ['docs/deep/x.md', 'protected_file'],
  ])('refuses the path %s as %s and changes nothing (I-56)', async (path, category) => {
    const { folder, preview } = await open()
    const before = await folder.tree()
    const { status, body } = await preview([{ type: 'modify_file', path, text: 'x' }])
    expect(status).toBe(200)
    expect(body).toMatchObject({
      applied: false,
      change_set: null,
      files_changed: {},
      operations_failed: 1,
      errors: [expect.stringContaining(`Operation 1: ${category}: `)],
    })
    expect(JSON.stringify(body)).not.toContain(folder.root)
    expect(await folder.tree()).toEqual(before)
  })

  it('names every operation at fault, numbered from 1', async () => {
    const { preview } = await open()
    const { body } = await preview([
      { type: 'replace_text', path: 'src/shelf.ts' },
      replace,
      { type: 'modify_file', path: 'src/shelf.ts', text: 'x', diff: 'y' },
      { type: 'insert_text', path: '.env', start_line: 1, text: 'x' },
    ])
    expect(body).toMatchObject({
      operations_failed: 3,
      errors: [
        'Operation 1: missing_required: replace_text needs old_text, new_text',
        'Operation 3: missing_required: modify_file needs either text or diff',
        'Operation 4: protected_file: the path is of a name that begins with a dot',
      ],
    })
  })

  it('shows one diff from the file as it is to the file after all operations', async () => {
    const { preview } = await open({ 'src/a.ts': 'one\ntwo\nthree' })
    const path = 'src/a.ts'
    const { body } = await preview([
      { type: 'insert_text', path, start_line: 1, text: '// head' },
      { type: 'delete_text', path, start_line: 3, end_line: 3 },
      { type: 'modify_file', path: 'src/new.ts', text: '' },
      { type: 'add_import', path, import_statement: "import a from 'a'" },
      { type: 'insert_text', path, start_line: 99, text: 'end', note: 'why' },
    ])
    expect(body).toMatchObject({
      errors: [],
      notes: ['Operation 5: why', 'This is a preview; no file was written'],
      files_changed: {
        [path]: {
          original_content: 'one\ntwo\nthree',
          new_content: "import a from 'a'\n// head\none\nthree\nend",
        },
        'src/new.ts': { original_content: null, new_content: '', created: true },
      },
    })
  })

  it('gives equal patches of equal files equal checksums, and others other ones', async () => {
    const { preview } = await open()
    const sums = await Promise.all(
      [replace, replace, { ...replace, new_text: 'text(13)' }].map(async (operation) => {
        const { body } = await preview([operation])
        const { checksum, change_set } = body as {
          checksum: string
          change_set: { digest: string }
        }
        expect(change_set.digest.startsWith(checksum)).toBe(true)
        return checksum
      }),
    )
    expect(sums[0]).toMatch(/^[0-9a-f]{16}$/)
    expect(sums[1]).toBe(sums[0])
    expect(sums[2]).not.toBe(sums[0])
  })

  it('makes no change set of a patch that changes nothing', async () => {
    const { preview, get } = await open()
    const { body } = await preview([{ ...replace, new_text: 'text(8)' }])
    expect(body).toMatchObject({ change_set: null, errors: [], files_changed: {} })
    expect((await get('/ai/changes')).body).toEqual({ changes: [], next_cursor: null })
  })

  it('refuses a stale diff, a broken JSON file, a NUL and half of a surrogate pair', async () => {
    const { preview } = await open({ 'src/a.json': '{}', 'src/a.ts': 'a\nb\n' })
    const faultOf = async (operation: object) => {
      const { body } = await preview([operation])
      return (body as { errors: string[] }).errors[0]
    }
    const path = 'src/a.ts'
    const diff = '@@ -1,2 +1,2 @@\n x\n-b\n+c\n'
    expect(await faultOf({ type: 'modify_file', path, diff })).toContain('line 1 of the file')
    expect(await faultOf({ type: 'modify_file', path: 'src/a.json', text: '{' })).toContain(
      'syntax_error',
    )
    expect(await faultOf({ type: 'modify_file', path, text: 'a\0' })).toContain('NUL')
    expect(await faultOf({ type: 'modify_file', path, text: '\ud800' })).toContain('surrogate')
    expect(await faultOf({ ...replace, path: 'src/none.ts' })).toContain('file_not_found')
  })

  it('warns of added lines that start programs or run text as code', async () => {
    const { preview } = await open({ 'src/a.ts': 'eval(x)\n' })
    const { body } = await preview([
      { type: 'insert_text', path: 'src/a.ts', start_line: 2, text: "import 'child_process'" },
    ])
    expect(body).toMatchObject({ warnings: ['src/a.ts: an added line starts programs'] })
  })
})
