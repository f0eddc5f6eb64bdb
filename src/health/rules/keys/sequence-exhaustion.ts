import { needsStatistics } from '../../kit/preconditions.ts'
import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { generatedColumns, warningShare, toShare, dangerShare } from '../../kit/sequences.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

/** Finds ascending sequences that approach their end before the column they generate does. */
export const sequenceExhaustion: Rule = {
  id: 'sequence-exhaustion',
  severity: 'warning',
  title: 'A sequence is running out of numbers',
  why: 'When the sequence reaches its end, nextval fails, and with it every insert that needs a number.',
  link: `${manual}sql-createsequence.html`,
  isDefault: true,
  skipReason: needsStatistics,
  *find(inspected) {
    const limits = new Map<object, bigint | null>()
    for (const { sequence, maximum } of generatedColumns(inspected)) {
      yield null
      limits.set(sequence, maximum)
    }
    for (const sequence of inspected.catalog.sequences) {
      yield null
      const last = inspected.statistics?.sequenceValues.get(toName(sequence))
      const [maximum, limit] = [BigInt(sequence.maximum), limits.get(sequence) ?? null]
      if (sequence.extension !== null || sequence.cycles || last === null || last === undefined) {
        continue
      }
      if (sequence.increment.startsWith('-') || maximum <= 0n) continue
      if (limit !== null && limit <= maximum) continue
      const share = toShare(BigInt(last), maximum)
      if (share < warningShare) continue
      yield {
        objects: [standaloneSubject('sequence', sequence.schema, sequence.name)],
        message: `${toName(sequence)} has used ${Math.floor(share * 100)} % of its numbers`,
        fix: `ALTER SEQUENCE ${toQualified(sequence)} AS bigint NO MAXVALUE;`,
        ...(share >= dangerShare ? { severity: 'danger' as const } : {}),
      }
    }
  },
}
