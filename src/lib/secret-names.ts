/** What is known of a column beside its name; the more is known, the fewer false alarms. */
export interface SecretContext {
  /** The name of its table or model. */
  readonly table?: string | undefined
  /** Its PostgreSQL, Drizzle, zod or JSON type. Unknown types count as text. */
  readonly type?: string | undefined
}

/** Joins alternatives, written in columns for the reader, to one pattern. */
function anyOf(...lines: readonly string[]): string {
  return `(?:${lines.join(' ').trim().split(/\s+/).join('|')})`
}

// Names are matched as lower-case words in underscores: `passwordHash` is `_password_hash_`. `_?` allows compounds: `apikey`.

/** Parts that mean a secret wherever they stand, also inside a compound such as `authpassphrase`. */
const anywhere = anyOf(
  'passw(?:or)?d password pass_?phrase pass_?codes? pass_?key(?!s?_?(?:id|name)) secret(?!ar[iy]|ion|iv|e_)',
  'token(?!i[sz]) credential api_?keys? ciphertext mnemonic secretkey',
  '(?:priv(?:ate)?|secret|signing|sign|encrypt(?:ion)?|encryption|crypto?|decrypt(?:ion)?|cipher|session|master|root|service_?role|service_?account)_?keys?',
  '(?:access|auth|authentication|authorization|license|licence|activation|registration|security|admin|ssh|recovery|wallet)_?keys?',
  '(?:client|shared|pre_?shared|symmetric|wrapped|derived|data_encryption|key_encryption|subscription|webhook|verify|verification|confirm|confirmation|validation|unlock)_?keys?',
  // Other languages, without diacritics.
  'contrasen[yi]?a senha mot_?de_?passe passwort kennwort wachtwoord parola haslo losenord salasana sifre jelszo heslo geslo',
  'lozinka adgangskode passord palavra_?passe kata_?sandi mat_?khau geheim(?:nis)? segredo schluessel parol_ parole_?chiave',
  'пароль пароли 密码 密碼 口令 パスワード 暗証 비밀번호 סיסמה كلمة_?السر كلمة_?المرور รหัสผ่าน κωδικος',
)

/** Parts that mean a secret as whole words. */
const asWords = anyOf(
  '\\w{2,9}pw pwd pw passwd psw pswd pword passw pass passes psk ha1b? nthash lmhash nt_?hash lm_?hash salt pepper jwt jwe jwk bearer cookies?',
  'otps? totps? hotps? (?:mfa|2fa|tfa|two_?factor(?:_?auth(?:entication)?)?)(?=_.) deks? keks? cvv2? cvc2? csc pins? pin_?code ssn sid sess_?ids? oauth(?=_$) session_?ids? phpsessid',
  'creds? mdp clave_?(?:acceso|secreta|privada)? jeton chave_?(?:secreta|privada|api|acesso) dotenv authorization(?=_$|_header)',
)

/** Parts of several words, with or without a separator. */
const phrases = anyOf(
  // Keys, by what they open or who hands them out.
  '(?:pem|rsa|dsa|ecdsa|ed25519|x25519|aes|hmac|des|tls|ssl|cert(?:ificate)?|server|host|consumer|app|application|deploy|account|write|push|vapid|integration|feed|rss|atom|db|jwt|oauth|hash_?secret|sso|saml|s3|aws|gcp|azure|stripe|openai|anthropic|google|google_?maps|sendgrid|mailgun|mailchimp|twilio|github|gitlab|slack|algolia|sentry|recaptcha|captcha|turnstile|totp|otp|mfa|2fa|hashed|encrypted|enc|user)_?keys?(?!_?id)',
  'key_?(?:data|material|pem|blob|bytes|auth|hash|secret|enc|encrypted|plain) keystores? pfx p12 pkcs_?(?:8|12) jks',
  // One-time codes.
  '(?:init|return_?to|registration|signup|exchange|verification|verify|verif|confirmation|confirm|activation|authorization|auth|access|security|recovery|backup|rescue|scratch|emergency|reset|otp|one_?time|onetime|sms|login|signin|device|user|unlock|invite|invitation|grant|oauth|mfa|2fa|totp|challenge|temp|pairing|pin|secret|magic)_?codes?(?!_?(?:challenge|base|mirror))',
  'code_?verifier code_?hash (?:security|recovery|reset|secret)_?answers? (?:magic|reset|login|secret|one_?time|invite|invitation)_?(?:link|url)s? (?:presigned|pre_?signed|signed|sas|share)_?(?:url|uri)s?',
  '(?:totp|otp|mfa|2fa|wallet|hd|bip39|recovery|rng_?secret)_?seeds? seed_?(?:phrase|words) recovery_?(?:phrase|words?) authentication_?string auth_?(?:string|data|header)s?',
  // People and their money.
  'social_?security(?:_?(?:number|num|no|nr))? tax_?(?:payer_?)?(?:id|ident|identification|number|no|nr|file_?number)(?:_?(?:number|no))? national_?(?:id|identity|identification|insurance)(?:_?(?:card|document))?(?:_?(?:number|num|no))? id_?card_?(?:number|no|num) identity_?(?:number|card|document)(?:_?number)? passport(?:_?(?:number|num|no|nr|id))? (?:driver|drivers|driving)_?(?:licen[sc]e)(?:_?(?:number|num|no))?',
  'cpf curp aadhaa?r(?:_?(?:number|no))? bsn pesel personnummer codice_?fiscale fiscal_?code nino sin_?number dni rfc_?fiscal steuer_?(?:id|nummer)',
  '(?:credit_?|debit_?|bank_?|payment_?|gift_?)?card_?(?:number|num|no|nr|pan) cc_?(?:number|num|no|nr) credit_?card pan(?=_$) iban bban (?:bank_?)?(?:account|acct)_?(?:number|num|no|nr) bank_?account kontonummer numero_?(?:de_?)?(?:tarjeta|cuenta) sort_?code_?and_?account card_?(?:security|verification)_?(?:code|value)',
  // Where a password is part of an address.
  'dsn (?:connection|conn)_?(?:string|str|uri|url) conn_?info (?:database|db|postgres|postgresql|pg|mysql|redis|mongo|mongodb|amqp|rabbitmq|broker|jdbc|sqlalchemy|clickhouse|smtp|ldap|proxy|sentry)_?(?:url|uri) (?:slack|discord|teams|incoming|zapier|mattermost)_?(?:incoming_?)?(?:web_?)?hook(?:_?(?:url|uri))?',
  '(?:env|environment)_?(?:vars?|variables) (?:raw|base|raw_base|smtp|ldap|saml|sso|oauth|oidc|auth|mail|mailer|database|db)_?(?:config|configuration|settings) (?:request|http|custom|auth)_?headers snmp_?(?:v\\d_?)?community community_?string encrypted_\\w+ \\w+_encrypted (?:\\w+_)?enc(?=_$)',
)

/** Words after a secret that make the name one of something else: `token_count`, `passwordChangedAt`, `api_key_name`. */
const harmlessEnds = anyOf(
  'at on ids? uuid guid date time timestamp datetime until since expires? expiry expired expiration expiring exp ttl lifetime age days hours minutes seconds',
  'count counter counts num total limit limits max min maximum minimum length size len bits usage used budget quota rate price cost balance amount decimals symbol address supply',
  'type types kind status state states name names label title description desc comment note category group policy policies rule rules strength score complexity',
  'enabled disabled required requires allowed optional enforced active valid invalid verified confirmed revoked locked blocked forced flag needed present exists set changed updated modified created issued rotated generated sent viewed seen',
  'change changes changed_?by by attempts? failures? failed retries tries history_?(?:count|length|size) version versions format algorithm algo alg method methods mode scheme encoding iterations rounds cost_?factor scopes? permissions? prefix start last_?(?:4|four|digits) last4 first_?(?:6|six) first6 brand network bin issuer iss audience aud subject sub provider providers owner user users user_?id username email role roles source domain path samesite same_?site secure consent accepted banner preferences',
  'endpoint endpoints question questions position offset index indices order fingerprint thumbprint public_?key public public_?id country locale column field fields header_?name header prefixes location region zone interval frequency period timeout delay rotation expire_?(?:at|in|time|days) expires_?(?:at|in|on) reset_?(?:at|required|on|date|count|attempts) rows row width height model counted per_?\\w+ app log logs login logins tab table tables params? parameters? identity file file_?name sign_?in metadata param_?name alias device os platform reason screen template template_?id page sections? notice banner_?text help placeholder url uri urls',
)

/** Beginnings of flags and counters. */
const harmlessStarts = anyOf(
  'is has can should must need needs require requires required force forced allow allows allowed enable enables enabled disable disables disabled use uses show shows hide send sends',
  'max min num nb nr number_?of no_?of count count_?of total last_?used next expected missing prompt completion input output cached cache reasoning thinking context training average avg sum remaining consumed billed tokens_?per',
)

const benignKeys =
  /_(?:public|anon|publishable|primary|foreign|sort|partition|object|storage|translation|cache|lookup|routing|idempotency|dedupe?|unique|natural|candidate|surrogate)_?keys?_/
const masked = /_(?:display|displayed|masked|redacted|truncated)_/
const benignPasses =
  /_(?:boarding|season|day|ski|travel|bus|hall|visitor|battle|first|second|multi|num|two|by|guest|free|fast|low|high|band)_pass(?:es)?_$/
const benignPlaces =
  /_(?:address|addresses|postal|zip|city|branch|office|location|locations|customer_address|state|area|map|maps|board)_/

const secretPattern = new RegExp(plain(`${anywhere}|_(?:${asWords}|${phrases})(?=_)`), 'g')
const harmlessEnd = new RegExp(`^_?${harmlessEnds}_$|_${harmlessEnds}_$`)
const gluedEnd =
  /(?:count|changed|expires|expiry|expired|expiresat|expiration|enabled|disabled|required|attempts|created|updated|lastchange|change|length|policy|createdat|updatedat|changedat|lifetime)_$/
const flagInside =
  /_(?:required|enabled|disabled|expires|expiry|expiration|changed|attempts|policy|count)_/
const harmlessStart = new RegExp(`^_${harmlessStarts}_`)

/** Secrets that are digits only, and so stay secrets in a column of numbers. */
const digits =
  /_pins?_|pin_?code|pass_?(?:word|wd|code|phrase)|_(?:pwd|pw|pass|otps?|totps?|cvv2?|cvc2?|csc|ssn|iban|cpf|bsn|pesel)_|social_?security|(?:card|cc|account|acct|passport|national_?id|identity|insurance|licen[sc]e)_?(?:number|num|no|nr)_|_(?:verification|confirmation|activation|auth|access|security|recovery|backup|reset|one_?time|sms|login)_?codes?_|_salt_$|_pan_$/

const never = /^(?:bool|enum|literal|date|time|interval|daterange|tsrange|tstzrange)/
const number =
  /^(?:(?:small|big|tiny|medium)?int|u?int\d|integer|(?:big|small)?serial|numeric|decimal|number|float|double|real|money|safeint|oid|unsigned)/
const identifier = /^(?:uuid|guid)/
const idLike = /_(?:sid|sessid|phpsessid|\w*ids?)_$/

/** Tables whose every text is a secret, unless its own name is harmless. */
const secretTable = new RegExp(
  `_(?:\\w+_)?(?:${anyOf(
    'secrets? tokens? credentials? creds passwords? passwds? passcodes? passkeys? api_?keys? (?:ssh|gpg|pgp|private|signing|encryption|access|service|master|auth|jwt|crypto|user|account|project|deploy|app|client|hmac|oauth|session|server|host|data|license)_?keys? jwks? otps? totps? (?:otp|recovery|backup|registration|verification|one_?time|auth|authorization|access|device|invite|login|reset|mfa|2fa)_?codes? magic_?links? password_?(?:resets?|recover(?:y|ies)) verifications? keystores? key_?rings? authids? shadow rad(?:group)?check',
  )})_$`,
)
const keysTable = /_keys?_$/
const sessionTable =
  /^_(?:\w+_)?(?:user|auth|login|web|http|django|admin|oauth2?|oidc|sso|saml|refresh|member|account|customer|php|ci|express|active_?record|access|client|browser|app)_?sessions?_$|^_sessions?_$/
const settingTable =
  /_(?:config|configs|configuration|configurations|settings?|sysconfig|options|env|envs|environment|variables|parameters|attributes?_config|conf|registry|media_type_params?|script_params?|client_attributes|realm_attribute|globalmacro|hostmacro|macros?)_$/
const integrationTable =
  /_(?:connectors?|integrations?|providers?|data_?sources?|destinations?|connections?|web_?hooks?|hooks|identity_?providers?|idps?|smtp|ldap|saml|sso|backends?|media_?types?|transports?|mail_?accounts?|email_?accounts?|gateways?|plugins?|services?|warehouses?)_$/
const genericSuffix =
  /_(?:entity|entities|table|tbl|records?|store|history|archive|data|backup|bak|old|new|list|info|map|mapping|tmp|temp|v?\d+)_$/

/** Plain names that hold a secret in some tables only. */
const specialCases: readonly (readonly [table: RegExp, name: RegExp])[] = [
  [/_(?:snmp|nas|routers?|switch(?:es)?)_/, /^_community_$/],
  [/^_systems_$/, /^_value_$/],
  [/^_(?:actions?|automations?)_$/, /^_config_$/],
  [/_(?:oidc|oauth2?)_/, /^_payload_$/],
  [/_(?:oath\w*|otps?|totps?|mfa|2fa)_/, /^_(?:data|value|payload|config)_$/],
  [/_(?:invitations?|invites?|invitation_requests|verifiable_addresses)_$/, /^_code_$/],
  [
    /_sessions?_$/,
    /^_(?:sess|vars|serialized|(?:sess(?:ion)?_?)?(?:data|payload|value|contents?))_$/,
  ],
]

/** Names in a table of secrets that are obviously something else than the secret. */
const harmlessInTable = new RegExp(
  `(?:^|_)${anyOf(
    'ids? uuid name names label title slug description desc comments? notes? summary abstract topic type types kind category status state scopes? roles? permissions? abilities grants? provider issuer iss audience aud subject sub email emails mail phone username user users login_?name login_?type nickname user_?agent agent ip ips ip_?addr(?:ess)? last_?ip remote_?ip remote_?addr host hosts? hostname domain country city region location geo locale lang language timezone device device_?name device_?type browser os platform method methods algorithm alg algo use kty crv version format encoding tenant org organi[sz]ation realm workspace team project app application client owner creator created_?by updated_?by revoked_?by granted_?by prefix start last_?(?:4|four|used) last4 tags? reason referrer referer url uri urls path redirect_?(?:uri|url) redirect_?uris return_?(?:to|url) redirect_?to endpoint public_?key public purpose action event events trigger resource resource_?type resource_?ids? models? adapter services? restrictions params model table tablename relates_?to identifier counter transports? aaguid attestation_?(?:type|format) room speaker venue instructor level track allowed_?(?:ips|origins|domains|paths|methods) ip_?whitelist whitelist acl amr aal session_?state response_?type response_?mode acr prompt display code_?challenge(?:_?method)? challenge nonce op attribute address address_?type(?:_old)? algo_?params context [dju]id jti iv auth_?tag cert(?:ificate)?s? cert_?cache metadata display_\\w+ header_keys group_?name groupname fingerprint thumbprint source origin environment env color icon position sort created expires expiry updated at on date time timestamp',
  )}_$|^_(?:is|has|can|num|max|min)_`,
)
const valueName =
  /^_(?:\w+_)?(?:value|values|val|data|content|contents|payload|body|blob|text|raw|plain|plaintext)_$/
const configName =
  /^_(?:config|configuration|conf|settings?|options|params|parameters|details|credentials|data|metadata_private|auth|authentication|connection|properties|secure_\w+|json)_$/

/**
 * True for a column, property or header that may hold a secret: a password, key, token, one-time code, or the number of a
 * card, an account or a person. The only list of such names in the library (docs/security.md).
 *
 * Words are found in any case, with any separator, in plurals and compounds. Without a `type` a column counts as text; in a
 * table of secrets every text counts, unless its own name is harmless.
 */
export function isSecretName(name: string, { table = '', type = '' }: SecretContext = {}): boolean {
  const shape = type.toLowerCase().replace(/^.*\./, '')
  if (never.test(shape)) return false
  const owner = stripSuffix(toWords(table))
  const key = `${name.slice(0, 200)} ${shape} ${benignPlaces.test(owner)}`
  const isNamed = known.get(key) ?? isNamedSecret(toWords(name), owner, shape)
  if (known.size > 4_000) known.clear()
  known.set(key, isNamed)
  if (isNamed || !places.some((each) => each.test(owner))) return isNamed
  return !number.test(shape) && !identifier.test(shape) && isSecretInTable(toWords(name), owner)
}

/** What is known of some names: a schema has many columns of few names, and the patterns are slow. */
const known = new Map<string, boolean>()

/** Match at least every table in which a name alone does not decide. */
const places = [settingTable, integrationTable, sessionTable, secretTable, keysTable].concat(
  specialCases.flat(),
)

/** Splits a name into lower-case words without diacritics, between underscores: `authToken[0]` is `_auth_token_0_`. */
export function toWords(name: string): string {
  const words = plain(name.slice(0, 200))
    .replace(/ł/gi, 'l')
    .replace(/ß/g, 'ss')
    .replace(/ı/g, 'i')
    .replace(/ø/gi, 'o')
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, '_')
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, '_')
    .replace(/^_+|_+$/g, '')
  return `_${words}_`
}

/** Removes the diacritics of letters, such as `ñ`. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC')
}

function isNamedSecret(words: string, owner: string, shape: string): boolean {
  const bare = words.replace(/_?v?\d{1,3}_$/, '_')
  return [words, bare].some((each) => {
    let end = -1
    for (const match of each.matchAll(secretPattern)) end = match.index + match[0].length
    if (end < 0 || masked.test(each) || benignKeys.test(each) || benignPasses.test(each))
      return false
    if (number.test(shape)) return digits.test(each) && !isHarmless(each, end)
    if (identifier.test(shape) && idLike.test(each)) return false
    if (/_pin_?codes?_$/.test(each) && benignPlaces.test(owner)) return false
    return !isHarmless(each, end)
  })
}

function isHarmless(words: string, end: number): boolean {
  const rest = words.slice(end).replace(/^s(?=_)/, '')
  if (harmlessStart.test(words)) return true
  return rest !== '_' && (harmlessEnd.test(rest) || gluedEnd.test(rest) || flagInside.test(rest))
}

function isSecretInTable(words: string, owner: string): boolean {
  if (settingTable.test(owner) && valueName.test(words)) return true
  if (specialCases.some(([tables, names]) => tables.test(owner) && names.test(words))) return true
  if (integrationTable.test(owner) && configName.test(words)) return true
  if (sessionTable.test(owner)) return /^_(?:id|key)_$/.test(words) || !harmlessInTable.test(words)
  const isOfSecrets = secretTable.test(owner) || (keysTable.test(owner) && !benignKeys.test(owner))
  return isOfSecrets && !harmlessInTable.test(words)
}

function stripSuffix(table: string): string {
  const shorter = table.replace(genericSuffix, '_')
  return shorter === table || shorter === '_' ? table : stripSuffix(shorter)
}
