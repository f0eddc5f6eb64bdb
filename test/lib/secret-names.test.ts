import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSecretName } from '../../src/lib/secret-names.ts'

const corpus = readFileSync(join(import.meta.dirname, 'fixtures/column-names.tsv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [verdict = '', table = '', column = '', type = '', from = ''] = line.split('\t')
    return { verdict, table, column, type, from, found: isSecretName(column, { table, type }) }
  })
const show = ({ table, column, type, from }: (typeof corpus)[number]) =>
  `${table}.${column} ${type} (${from})`

describe('the corpus of real column names', () => {
  const secrets = corpus.filter(({ verdict }) => verdict === 'secret')
  const open = corpus.filter(({ verdict }) => verdict === 'open')

  it('the corpus has at least 150 secrets and 200 near misses, each with its origin', () => {
    expect(secrets.length).toBeGreaterThanOrEqual(150)
    expect(open.length).toBeGreaterThanOrEqual(200)
    expect(corpus.filter(({ from }) => from === '')).toEqual([])
  })

  it('no secret of the corpus is missed', () => {
    expect(secrets.filter(({ found }) => !found).map(show)).toEqual([])
  })

  it('at most 3 % of the other names raise a false alarm', () => {
    const alarms = open.filter(({ found }) => found).map(show)
    console.info(
      `${secrets.length} secrets, 0 missed; ${open.length} others, ${alarms.length} false alarms:\n${alarms.join('\n')}`,
    )
    expect(alarms.length / open.length).toBeLessThanOrEqual(0.03)
  })
})

describe('isSecretName()', () => {
  const spellings = (words: string) => {
    const parts = words.split(' ')
    const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
    const pascal = parts.map(capital).join('')
    const [first = '', ...rest] = parts
    const separated = ['_', '-', '.', ' ', '__', '/', ':', ''].map((mark) => parts.join(mark))
    return [
      ...separated,
      words.toUpperCase().replaceAll(' ', '_'),
      pascal,
      first + rest.map(capital).join(''),
    ]
  }

  it.each([
    'password hash',
    'api key',
    'session token',
    'card number',
    'client secret',
    'signing key',
    'recovery codes',
    'connection string',
    'authorization code',
    'private key',
    'service role key',
    'mot de passe',
  ])('"%s" is secret in every spelling', (words) => {
    expect(spellings(words).filter((name) => !isSecretName(name))).toEqual([])
  })

  it.each(['password', 'token', 'apiKey', 'secret', 'private_key', 'passphrase'])(
    '"%s" stays secret with any prefix and suffix',
    (name) => {
      const added = ['old_#', 'user_#', 'encrypted_#', '#_encrypted', '#_enc', '#_v2', '#2', '#s']
      const more = [
        '#_hash',
        '#_ciphertext',
        '#_value',
        '#_new',
        '#_current',
        '#_plain',
        'x.#',
        'a[#]',
      ]
      const names = [...added, ...more].map((shape) => shape.replace('#', name))
      expect(names.filter((each) => !isSecretName(each))).toEqual([])
    },
  )

  it('the words of other languages are secret, with and without their accents', () => {
    const names =
      'contraseña contrasena Contraseña senha mot_de_passe motdepasse mdp passwort Kennwort parola wachtwoord hasło haslo lösenord şifre jelszó heslo пароль 密码 パスワード'
    expect(names.split(' ').filter((name) => !isSecretName(name))).toEqual([])
  })

  it.each([
    ['session_token', 'integer'],
    ['password', 'boolean'],
    ['token', 'timestamp with time zone'],
    ['passport_id', 'uuid'],
    ['session_id', 'uuid'],
    ['tax_id', 'bigint'],
    ['auth_token', 'enum'],
  ])('%s of type %s is not secret', (name, type) => {
    expect(isSecretName(name, { type })).toBe(false)
  })

  it.each(['pin', 'otp', 'ssn', 'cvv', 'account_number', 'card_number', 'passcode'])(
    '%s is secret as a number too',
    (name) => {
      expect(isSecretName(name, { type: 'integer' })).toBe(true)
    },
  )

  it.each([
    ['passcodes', 'code'],
    ['application_secrets', 'value'],
    ['personal_access_tokens', 'value'],
    ['apiKeys', 'key'],
    ['user_credentials', 'data'],
    ['sessions', 'payload'],
    ['credentials_entity', 'data'],
    ['connectors', 'config'],
    ['app_settings', 'value'],
    ['invitations', 'code'],
  ])('in the table %s the column %s is secret', (table, column) => {
    expect(isSecretName(column, { table })).toBe(true)
    expect(isSecretName(column, { table: 'articles' })).toBe(false)
  })

  it.each(['id', 'name', 'created_at', 'user_id', 'scopes', 'expires_at', 'user_agent'])(
    'in a table of tokens the column %s is not secret',
    (column) => {
      expect(isSecretName(column, { table: 'access_tokens', type: 'text' })).toBe(false)
    },
  )

  it('what a secret is counted, dated or described by is not secret', () => {
    const names =
      'token_count tokens_used max_tokens prompt_tokens password_changed_at passwordChangedAt has_password is_token_valid api_key_id apiKeyName token_type password_policy cookie_consent key primary_key sort_key foreign_key partition_key storage_key public_key key_id keyword keyboard monkey secretary tokenizer compass passenger bypass_count spin pinned author_id authority access_level country_code status_code zip_code accounts account_id'
    expect(names.split(' ').filter((name) => isSecretName(name))).toEqual([])
  })
})
