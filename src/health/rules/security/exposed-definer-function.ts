import { needsExposedRoles, needsExposedSchemas } from '../../kit/preconditions.ts'
import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { functionSubject } from '../../kit/subjects.ts'

/** Finds SECURITY DEFINER functions of exposed schemas that exposed roles may run. */
export const exposedDefinerFunction: Rule = {
  id: 'exposed-definer-function',
  severity: 'warning',
  title: 'An exposed role may run a function with its owner’s rights',
  why: 'New functions may be run by everybody. With SECURITY DEFINER each is a door past grants and row security.',
  link: `${manual}sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY`,
  isDefault: true,
  skipReason: (inspected) => needsExposedSchemas(inspected) ?? needsExposedRoles(inspected),
  *find({ catalog, grants, exposedSchemas }) {
    for (const routine of catalog.functions) {
      if (!routine.isSecurityDefiner || routine.extension !== null) continue
      if (!exposedSchemas.has(routine.schema) || routine.returns === 'trigger') continue
      const roles = grants.functions.get(`${toName(routine)}(${routine.arguments})`) ?? []
      if (roles.length === 0) continue
      const named = roles.filter((role) => role !== 'public').map(toIdentifier)
      yield {
        objects: [functionSubject(routine)],
        message: `${toName(routine)} runs with its owner's rights for ${roles.join(', ')}`,
        fix: `REVOKE EXECUTE ON ROUTINE ${toQualified(routine)}(${routine.arguments}) FROM ${['PUBLIC', ...named].join(', ')};`,
      }
    }
  },
}
