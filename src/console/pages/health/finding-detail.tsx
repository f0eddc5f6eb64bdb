import { hrefOf, setQuery } from '../../app/router.ts'
import { useKeys } from '../../app/keys.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
import { Sql } from '../../parts/sql.tsx'
import { placeOf } from '../schema/models.ts'
import { baseline, type Finding, pathOf, severityTones, toggleBaseline } from './issues.ts'
import { healthTexts as texts } from './texts.ts'

/** One finding: what it says, why it matters, and the statements that mend it. */
export function FindingDetail({ finding }: { readonly finding: Finding }) {
  const { severity, rule, message, hint, why, expected, actual, model, app_label } = finding
  const isChosen = baseline.value.has(finding.id)
  useKeys([{ keys: 'i', label: texts.keysIgnore, run: () => toggleBaseline(finding.id) }])
  return (
    <div class="scroll db-detail">
      <header>
        <Badge tone={severityTones[severity]}>{texts.severities[severity]}</Badge>
        <span class="push">
          <Button pressed={isChosen} onClick={() => toggleBaseline(finding.id)}>
            {isChosen ? texts.ignored : texts.ignore}
          </Button>
          <Button
            kind="bare"
            icon="close"
            label={texts.closeDetails}
            onClick={() => setQuery({ finding: null })}
          />
        </span>
      </header>
      <h2>
        <PlainText text={message} />
      </h2>
      <p class="mono quiet">
        {model !== null ? (
          <a href={hrefOf(placeOf(app_label === null ? model : `${app_label}.${model}`))}>
            <Name text={pathOf(finding)} />
          </a>
        ) : (
          <Name text={pathOf(finding)} />
        )}
        {' · '}
        <Name text={rule} />
      </p>
      {why !== null && (
        <Section title={texts.why}>
          <PlainText text={why} />
        </Section>
      )}
      {hint !== null && (
        <Section title={texts.hint}>
          <PlainText text={hint} />
        </Section>
      )}
      <Fix finding={finding} />
      {(expected !== null || actual !== null) && (
        <div class="db-beside">
          <Section title={texts.declared}>
            <JsonView value={expected} />
          </Section>
          <Section title={texts.live}>
            <JsonView value={actual} />
          </Section>
        </div>
      )}
      <MoreAbout finding={finding} />
    </div>
  )
}

function Fix({ finding }: { readonly finding: Finding }) {
  const { fix_sql, fix_lock, fix_rewrites } = finding
  if (fix_sql === null) return <p class="quiet">{texts.noFix}</p>
  const lock =
    fix_lock === null
      ? fix_rewrites === null
        ? texts.lockUnknown
        : texts.noLock
      : `${fix_lock} lock: ${texts.locks[fix_lock]}`
  const rewrite =
    fix_rewrites === null ? '' : `, ${fix_rewrites ? texts.rewrites : texts.keepsRows}`
  const isHeavy = fix_lock === 'ACCESS EXCLUSIVE' || fix_rewrites === true
  return (
    <Section title={texts.fix}>
      <Sql text={fix_sql} label={texts.copyFix} />
      <p class={isHeavy ? 'wait' : 'quiet'}>
        {lock}
        {rewrite}. {texts.fixHint}
      </p>
    </Section>
  )
}

function MoreAbout({ finding: { objects, link } }: { readonly finding: Finding }) {
  const isSafe = link !== null && /^https?:\/\//.test(link)
  return (
    <>
      {objects.length > 1 && (
        <Section title={texts.objects}>
          <ul class="db-objects">
            {objects.slice(0, 50).map(({ kind, schema, table, name }, index) => (
              <li key={index}>
                <span class="db-tag">{kind}</span>{' '}
                <span class="mono">
                  <Name
                    text={[schema, table === name ? null : table, name]
                      .filter((part) => part !== null)
                      .join('.')}
                  />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {isSafe && (
        <p>
          <a href={link} target="_blank" rel="noopener noreferrer">
            {texts.more}
          </a>
        </p>
      )}
    </>
  )
}
