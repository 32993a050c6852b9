/** Tells the CEL checker which operators work across int and double, and on objects: CEL itself only orders numbers. */
import type { Environment } from '@marcbachmann/cel-js'
import { celEquals, isMember } from './equality.ts'

/** Registers the missing overloads. `%` gives the remainder with the sign of the dividend, as for ints. */
export function registerMixedNumbers(environment: Environment): void {
  registerArithmetic(environment, 'int', 'double')
  registerArithmetic(environment, 'double', 'int')
  environment.registerOperator('double % double: double', remainder)
  environment.registerOperator('int == double: bool', celEquals)
  environment.registerOperator('list<int> == list<double>: bool', celEquals)
  environment.registerOperator('int in list<double>: bool', isMember)
  environment.registerOperator('double in list<int>: bool', isMember)
}

/** Registers what one would expect of an object of a declared type: `==`, `'name' in it`, `size(it)`. */
export function registerObjectOperators(environment: Environment, typeName: string): void {
  environment.registerOperator(`${typeName} == ${typeName}: bool`, celEquals)
  environment.registerOperator(`${typeName} == map: bool`, celEquals)
  environment.registerOperator(`string in ${typeName}: bool`, isMember)
  environment.registerFunction({
    name: 'size',
    returnType: 'int',
    params: [{ name: 'object', type: typeName }],
    handler: (object: unknown) => BigInt(object instanceof Map ? object.size : 0),
    async: false,
  })
}

function registerArithmetic(environment: Environment, left: string, right: string): void {
  environment.registerOperator(`${left} + ${right}: double`, (a, b) => Number(a) + Number(b))
  environment.registerOperator(`${left} - ${right}: double`, (a, b) => Number(a) - Number(b))
  environment.registerOperator(`${left} * ${right}: double`, (a, b) => Number(a) * Number(b))
  environment.registerOperator(`${left} / ${right}: double`, (a, b) => Number(a) / Number(b))
  environment.registerOperator(`${left} % ${right}: double`, remainder)
}

function remainder(left: unknown, right: unknown): number {
  return Number(left) % Number(right)
}
