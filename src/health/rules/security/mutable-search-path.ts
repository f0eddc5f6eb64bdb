import { searchPathAdvice, withoutSearchPath } from '../../kit/functions.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { functionSubject } from '../../kit/subjects.ts'

/**
 * Finds functions that resolve names through the search_path of their caller, except SECURITY DEFINER functions, which
 * have a rule of their own.
 */
export const mutableSearchPath: Rule = {
  id: 'mutable-search-path',
  severity: 'info',
  title: 'A function depends on the search_path of its caller',
  why: 'In a session, restore or maintenance job with another search_path, the function uses other tables or fails.',
  link: `${manual}sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY`,
  isDefault: true,
  *find(inspected) {
    for (const routine of withoutSearchPath(inspected)) {
      if (routine.isSecurityDefiner) continue
      yield {
        objects: [functionSubject(routine)],
        message: `${toName(routine)} resolves names through the search_path of its caller`,
        fix: null,
        advice: searchPathAdvice,
      }
    }
  },
}
