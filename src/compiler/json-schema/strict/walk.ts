/** A walk through a schema beside a value, with an end even where references go round in circles. */
import type { JsonSchema } from '../../program.ts'

/** More is no schema of a person; what is left then stays as it is. */
const MOST_STEPS = 50_000
const DEEPEST = 200

export interface Walk {
  readonly root: JsonSchema
  /** Takes one step down and back; `otherwise` where the walk is too long or too deep. */
  step<T>(work: () => T, otherwise: T): T
}

/** One walk, for one value. */
export function createWalk(root: JsonSchema): Walk {
  let steps = 0
  let depth = 0
  return {
    root,
    step: (work, otherwise) => {
      if (steps >= MOST_STEPS || depth >= DEEPEST) return otherwise
      steps += 1
      depth += 1
      try {
        return work()
      } finally {
        depth -= 1
      }
    },
  }
}
