import { searchPathAdvice, withoutSearchPath } from '../../kit/functions.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { functionSubject } from '../../kit/subjects.ts'

/** Finds SECURITY DEFINER functions that resolve names through the search_path of their caller. */
export const definerSearchPath: Rule = {
  id: 'definer-search-path',
  severity: 'danger',
  title: 'A SECURITY DEFINER function has no search_path of its own',
  why: 'A caller can place a table or function of the same name first in the search_path, and the function uses it with the rights of its owner.',
  link: `${manual}sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY`,
  isDefault: true,
  *find(inspected) {
    for (const routine of withoutSearchPath(inspected)) {
      if (!routine.isSecurityDefiner) continue
      yield {
        objects: [functionSubject(routine)],
        message: `${toName(routine)} runs with the rights of its owner and the search_path of its caller`,
        fix: null,
        advice: searchPathAdvice,
      }
    }
  },
}
