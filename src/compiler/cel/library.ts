/** Tells the CEL library about our variables: the types of their schemas, and operators across int and double. */
import { Environment } from '@marcbachmann/cel-js'
import { registerMixedNumbers, registerObjectOperators } from './operators.ts'
import { dynShape, type ObjectShape, type Shape } from './shape.ts'
import type { ObjectClass } from './values.ts'

/** Enough for about a hundred conditions; small enough that no expression exhausts the stack. */
const limits = {
  maxAstNodes: 1000,
  maxDepth: 64,
  maxListElements: 500,
  maxMapEntries: 100,
  maxCallArguments: 16,
}

/** What every environment has in common; each is a copy of this, because registering operators is slow. */
export function createLibraryBase(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
  registerMixedNumbers(environment)
  return environment
}

/**
 * Creates the library's environment for some variables. `undeclared` are properties of open schemas that the schemas
 * do not name: they are declared too, or the checker would refuse them.
 */
export function createLibraryEnvironment(
  base: Environment,
  variables: ReadonlyMap<string, Shape>,
  undeclared: ReadonlyMap<ObjectShape, ReadonlySet<string>>,
  classOf: (shape: ObjectShape) => ObjectClass,
): Environment {
  const environment = base.clone()
  for (const shape of [...variables.values()].flatMap(objectsOf)) {
    const fields = [...shape.fields].map(([name, field]): [string, string] => [name, celType(field.shape)])
    const others = [...(undeclared.get(shape) ?? [])].map((name): [string, string] => [
      name,
      celType(shape.others ?? dynShape),
    ])
    environment.registerType(shape.typeName, {
      ctor: classOf(shape),
      fields: Object.fromEntries([...fields, ...others]),
    })
    registerObjectOperators(environment, shape.typeName)
  }
  for (const [name, shape] of variables) environment.registerVariable(name, celType(shape))
  return environment
}

/** The object shapes inside a shape. */
function objectsOf(shape: Shape): readonly ObjectShape[] {
  switch (shape.kind) {
    case 'list':
      return objectsOf(shape.items)
    case 'map':
      return objectsOf(shape.values)
    case 'object': {
      const inner = [...shape.fields.values()].flatMap((field) => objectsOf(field.shape))
      return [shape, ...inner, ...(shape.others === null ? [] : objectsOf(shape.others))]
    }
    default:
      return []
  }
}

function celType(shape: Shape): string {
  switch (shape.kind) {
    case 'list':
      return `list<${celType(shape.items)}>`
    case 'map':
      return `map<string, ${celType(shape.values)}>`
    case 'object':
      return shape.typeName
    default:
      return shape.kind
  }
}
