import { expect, it } from 'vitest'
import { redactKeys, redactSecrets, redactText } from '../../src/lib/redact.ts'

const blob = 'a1B2c3D4e5F6g7H8i9J0'

const schemes = (
  'postgres postgresql mysql mariadb mongodb mongodb+srv redis rediss amqp amqps mssql sqlserver ' +
  'cockroachdb libsql nats kafka ldap ldaps smtp smtps'
).split(' ')

const prefixes = (
  'gho_ ghp_ ghs_ ghu_ ghr_ github_pat_ glpat- glrt- gldt- glcbt- gsk_ hf_ npm_ pypi- xai- pplx- ' +
  'r8_ tvly- whsec_ shpat_ shpca_ shppa_ shpss_ dop_v1_ doo_v1_ dor_v1_ sbp_ sbb_ lin_api_ figd_ ' +
  'hvs. ya29. dapi rk_ key- secret_ ntn_ nvapi- vercel_ re_ pat_ dckr_pat_ SG. sk- sk-proj- ' +
  'sk_live_ sk_test_ pk_live_ rk_test_ AIza xoxb- xoxp- xapp-'
).split(' ')

const hashes = [
  '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36',
  '$2y$10$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36',
  '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g',
  '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD',
  '$pbkdf2-sha256$29000$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo',
  '$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2',
  'pbkdf2_sha256$600000$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo',
  'SCRAM-SHA-256$4096:c2FsdHNhbHQ=$aGFzaGhhc2g=:c2VydmVya2V5',
]

/** Secrets that their form tells, in any text. */
const byForm = [
  ...schemes.map((scheme) => `${scheme}://app:hunter2@db.internal/shop`),
  'jdbc:sqlserver://db.internal;user=app;password=hunter2',
  'ftp://app:hunter2@files.internal/x',
  ...prefixes.map((prefix) => prefix + blob),
  ...['AKIA', 'ASIA', 'AROA', 'AIDA'].map((prefix) => `${prefix}IOSFODNN7EXAMPLE`),
  ...hashes,
  '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_',
  `eyJhbGciOiJIUzI1NiJ9.${blob}`,
  '-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----',
]

/** Texts that say beside a secret what it is, and the secret. */
const named: [text: string, secret: string][] = [
  [`Authorization: Digest username="app", response="${blob}"`, blob],
  [`proxy-authorization: Negotiate ${blob}`, blob],
  [`x-authorization: ${blob}`, blob],
  [`Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=${blob}`, blob],
  ['Cookie: sid=abc; theme=dark', 'sid=abc'],
  ['set-cookie: "sid=abc; HttpOnly"', 'sid=abc'],
  [`sent Bearer ${blob}`, blob],
  ['sent Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  ['Failing row contains (1, ada@example.test, hunter2).', 'hunter2'],
  ['Key (api_token)=(abc123) already exists.', 'abc123'],
  ['Key (tenant, "apiToken")=(1, abc123) already exists.', 'abc123'],
  [`the session token was ${blob}`, blob],
  [`Invalid credentials: "${blob}"`, blob],
  ['passwordHash => hunter2', 'hunter2'],
  ["options['clientSecret'] = 'hunter2'", 'hunter2'],
  ['GET /file?sig=hunter2&x=1', 'hunter2'],
]

it.each(byForm)('every redactor hides %j in any text', (secret) => {
  const text = `The request with ${secret} failed`
  for (const redact of [redactText, redactSecrets, redactKeys]) {
    const shown = redact(text)
    expect(shown).toMatch(/^The request with .*failed$/s)
    expect(shown).not.toMatch(/hunter2|a1B2c3|aGFzaG|EixZaY|nFNh2C|qFmFH|IOSFODNN|AAHdqT|lQOYBF/)
  }
})

it.each(named)('redactText and redactSecrets hide the secret that %j names', (text, secret) => {
  expect(text).toContain(secret)
  for (const redact of [redactText, redactSecrets]) expect(redact(text)).not.toContain(secret)
})

it.each(["open '/srv/app/.env'", 'x\n    at read (/srv/a.ts:1:2)'])(
  'redactSecrets keeps the path in %j for operators, and redactText does not',
  (text) => {
    expect(redactSecrets(text)).toBe(text)
    expect(redactText(text)).not.toContain('/srv')
  },
)
