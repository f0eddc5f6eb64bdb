import type { ChangeInfo } from '../../../client.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
import { changesTexts as texts } from './texts.ts'

/** The intent of a plan, and its steps with what each changes. */
export function Plan({ of: { intent, steps } }: { readonly of: NonNullable<ChangeInfo['plan']> }) {
  return (
    <Section title={texts.plan}>
      <PlainText text={intent} />
      <ol class="db-objects">
        {steps.map(({ id, type, description, effects, simulated }) => (
          <li key={id}>
            <Name text={`${id}: ${type}`} max={200} />{' '}
            <Badge tone="off">{texts.effects[effects]}</Badge>{' '}
            {!simulated && <Badge tone="wait">{texts.notSimulated}</Badge>}
            <PlainText text={description} />
          </li>
        ))}
      </ol>
    </Section>
  )
}
