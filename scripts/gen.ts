/**
 * Writes every file that is generated, from the schemas and from the table of diagnostics; with `--check` it compares instead, and fails naming the
 * stale ones.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './entries.ts'
import { generatePlaces } from './gen-places.ts'
import { readSchema, ROOT } from './gen-schema.ts'
import { joinStateSchema } from './gen-state-schema.ts'
import { joinTestSchema } from './gen-test-schema.ts'
import { generateTypes } from './gen-types.ts'
import { generateValidator, generateValidatorTypes } from './gen-validator.ts'

interface GeneratedFile {
  readonly path: string
  readonly content: string
}

async function generateFromSchemas(): Promise<readonly GeneratedFile[]> {
  const source = 'schemas/agentspec.v1.schema.json'
  const schema = readSchema(join(root, source))
  const validators = { validateRoot: ROOT, validateIncluded: 'included_file' }
  return [
    { path: 'src/spec/spec-types.generated.ts', content: await generateTypes(schema) },
    {
      path: 'src/compiler/generated/validate-spec.generated.js',
      content: generateValidator(schema, { source, validators }),
    },
    {
      path: 'src/compiler/generated/validate-spec.generated.d.ts',
      content: generateValidatorTypes({ source, validators }),
    },
    {
      path: 'src/compiler/generated/spec-places.generated.ts',
      content: generatePlaces(schema, { source, prefix: 'spec' }),
    },
    ...generateStateValidator(),
    ...generateTestValidator(),
    ...generateLockValidator(),
  ]
}

function generateStateValidator(): readonly GeneratedFile[] {
  const source = 'schemas/run-state.v1.schema.json'
  const schema = joinStateSchema(
    readSchema(join(root, 'schemas/event.v1.schema.json')),
    readSchema(join(root, source)),
  )
  const options = { source, validators: { validateState: ROOT, validateEvent: 'event' } }
  const path = 'src/runtime/documents/generated/validate-state.generated'
  return [
    { path: `${path}.js`, content: generateValidator(schema, options) },
    { path: `${path}.d.ts`, content: generateValidatorTypes(options) },
  ]
}

function generateTestValidator(): readonly GeneratedFile[] {
  const source = 'schemas/test.v1.schema.json'
  const spec = readSchema(join(root, 'schemas/agentspec.v1.schema.json'))
  const schema = joinTestSchema(spec, readSchema(join(root, source)))
  const options = { source, validators: { validateTests: ROOT } }
  const folder = 'src/testing/spec-tests/generated'
  return [
    { path: `${folder}/validate-tests.generated.js`, content: generateValidator(schema, options) },
    { path: `${folder}/validate-tests.generated.d.ts`, content: generateValidatorTypes(options) },
    {
      path: `${folder}/test-places.generated.ts`,
      content: generatePlaces(schema, { source, prefix: 'test' }),
    },
  ]
}

function generateLockValidator(): readonly GeneratedFile[] {
  const source = 'schemas/lock.v1.schema.json'
  const options = { source, validators: { validateLock: ROOT } }
  const path = 'src/compiler/generated/validate-lock.generated'
  return [
    { path: `${path}.js`, content: generateValidator(readSchema(join(root, source)), options) },
    { path: `${path}.d.ts`, content: generateValidatorTypes(options) },
  ]
}

function isStale(file: GeneratedFile): boolean {
  try {
    return readFileSync(join(root, file.path), 'utf8') !== file.content
  } catch {
    return true
  }
}

async function generatePages(): Promise<readonly GeneratedFile[]> {
  const { generateCli } = await import('./gen-cli.ts')
  const { generateDiagnostics } = await import('./gen-diagnostics.ts')
  const { generateLanguage } = await import('./gen-language.ts')
  const language = readSchema(join(root, 'schemas/agentspec.v1.schema.json'))
  return [
    { path: 'docs/cli.md', content: await generateCli() },
    { path: 'docs/diagnostics.md', content: await generateDiagnostics() },
    { path: 'docs/language.md', content: generateLanguage(language) },
  ]
}

// In this order: the pages show what the code says that the first step writes.
for (const generate of [generateFromSchemas, generatePages]) {
  for (const { path, content } of (await generate()).filter(isStale)) {
    if (process.argv.includes('--check')) {
      console.error(`stale: ${path} (run: npm run gen)`)
      process.exitCode = 1
    } else {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      writeFileSync(join(root, path), content)
      console.log(`wrote ${path}`)
    }
  }
}
