import { toSearchPathFix, withoutSearchPath } from '../../kit/functions.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { functionSubject } from '../../kit/subjects.ts'

/** Finds SECURITY DEFINER functions whose caller chooses where they look for objects. */
export const definerSearchPath: Rule = {
  id: 'definer-search-path',
  severity: 'danger',
  title: 'A SECURITY DEFINER function has no search_path of its own',
  why: 'The caller can put a table or function of the same name in front, and it runs with the rights of the owner.',
  link: `${manual}sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY`,
  isDefault: true,
  *find(inspected) {
    for (const routine of withoutSearchPath(inspected)) {
      if (!routine.isSecurityDefiner) continue
      yield {
        objects: [functionSubject(routine)],
        message: `${toName(routine)} runs with its owner's rights and the caller's search_path`,
        fix: toSearchPathFix(routine),
      }
    }
  },
}
