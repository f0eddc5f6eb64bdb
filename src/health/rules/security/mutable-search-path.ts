import { toSearchPathFix, withoutSearchPath } from '../../kit/functions.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { functionSubject } from '../../kit/subjects.ts'

/** Finds functions whose meaning depends on the caller's search_path; those with the owner's rights have a rule of their own. */
export const mutableSearchPath: Rule = {
  id: 'mutable-search-path',
  severity: 'info',
  title: 'A function depends on the search_path of its caller',
  why: 'It finds other tables, or none, when it is called from a session, restore or maintenance job with another path.',
  link: `${manual}sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY`,
  isDefault: true,
  *find(inspected) {
    for (const routine of withoutSearchPath(inspected)) {
      if (routine.isSecurityDefiner) continue
      yield {
        objects: [functionSubject(routine)],
        message: `${toName(routine)} looks along the search_path of its caller`,
        fix: toSearchPathFix(routine),
      }
    }
  },
}
