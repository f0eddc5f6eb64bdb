import { needsExposedRoles, needsExposedSchemas } from '../../kit/preconditions.ts'
import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { functionSubject } from '../../kit/subjects.ts'

/** Finds SECURITY DEFINER functions in exposed schemas that an exposed role may run. */
export const exposedDefinerFunction: Rule = {
  id: 'exposed-definer-function',
  severity: 'warning',
  title: 'An exposed role may run a SECURITY DEFINER function',
  why: 'By default every role may run a new function. A SECURITY DEFINER function runs with the rights of its owner, past the grants and row security of the caller.',
  link: `${manual}sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY`,
  isDefault: true,
  skipReason: (inspected) => needsExposedSchemas(inspected) ?? needsExposedRoles(inspected),
  *find({ catalog, grants, exposedSchemas }) {
    for (const routine of catalog.functions) {
      if (!routine.isSecurityDefiner || routine.extension !== null) continue
      if (!exposedSchemas.has(routine.schema) || routine.returns === 'trigger') continue
      const roles = grants.functions.get(`${toName(routine)}(${routine.arguments})`) ?? []
      if (roles.length === 0) continue
      const namedRoles = roles.filter((role) => role !== 'public').map(toIdentifier)
      yield {
        objects: [functionSubject(routine)],
        message: `${toName(routine)} runs with the rights of its owner when ${roles.join(' or ')} calls it`,
        fix: `REVOKE EXECUTE ON ROUTINE ${toQualified(routine)}(${routine.arguments}) FROM ${['PUBLIC', ...namedRoles].join(', ')};`,
      }
    }
  },
}
