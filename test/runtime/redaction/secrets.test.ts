import { describe, expect, test } from 'vitest'
import { createEnvironment } from '../../../src/runtime/link/environment.ts'
import { findSecrets } from '../../../src/runtime/redaction/secrets.ts'
import { program } from '../../support/program.ts'

interface Given {
  readonly dotenv?: string
  readonly real?: Record<string, string>
  readonly used?: readonly string[]
  readonly listed?: readonly string[]
}

function names({ dotenv = '', real = {}, used = [], listed = [] }: Given): string[] {
  const environment = createEnvironment({ dotenv, real })
  const given = program({ overrides: { secrets: listed } })
  return findSecrets({ program: given, environment, used: new Set(used) }).map(({ name }) => name)
}

describe('which names are secret', () => {
  test.each([
    ['DB_PASSWORD', true],
    ['GITHUB_TOKEN', true],
    ['APIKEY', true],
    ['MY_APIKEY_OLD', true],
    ['CLIENT_SECRET', true],
    ['AWS_CREDENTIAL', true],
    ['GOOGLE_CREDENTIALS', true],
    ['BASIC_AUTH', true],
    ['AUTH_HEADER', true],
    ['db_password', true],
    ['AUTHOR', false],
    ['KEYBOARD', false],
    ['TOKENS', false],
    ['DATABASE_URL', false],
  ])('%s: %s', (name, expected) => {
    expect(names({ dotenv: `${name}=12345678` })).toEqual(expected ? [name] : [])
  })
})

describe('where they come from', () => {
  const real = {
    GITHUB_TOKEN: '12345678',
    OPENAI_API_KEY: 'abcdefgh',
    HF_TOKEN: 'abcdefgh',
    DB_URL: '12345678',
  }

  test('a variable of the shell counts when the spec uses it', () => {
    expect(names({ real: { GITHUB_TOKEN: '12345678' } })).toEqual([])
    expect(names({ real: { GITHUB_TOKEN: '12345678' }, used: ['GITHUB_TOKEN'] })).toEqual(['GITHUB_TOKEN'])
  })

  test("providers' keys and our own always count", () => {
    expect(names({ real })).toEqual(['OPENAI_API_KEY', 'HF_TOKEN'])
    expect(names({ real: { AGENTSPEC_STATE_KEY: '12345678', AGENTSPEC_STORE: 'sqlite:a.db' } })).toEqual([
      'AGENTSPEC_STATE_KEY',
    ])
  })

  test('what the spec lists counts whatever its name', () => {
    expect(names({ real, listed: ['DB_URL'] })).toContain('DB_URL')
  })

  test('values shorter than 8 characters never count', () => {
    expect(names({ dotenv: 'A_KEY=1234567\nB_KEY=12345678', listed: ['A_KEY'] })).toEqual(['B_KEY'])
  })
})
