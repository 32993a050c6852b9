import { describe, expect, test } from 'vitest'
import { createEnvironment } from '../../../src/runtime/link/environment.ts'

describe('createEnvironment', () => {
  test('the real environment wins over the file', () => {
    const { variables, fromFile } = createEnvironment({
      dotenv: 'A=file\nB=file\nC=file',
      real: { A: 'real', B: '', D: undefined },
    })
    expect(variables).toEqual({ A: 'real', B: '', C: 'file' })
    expect([...fromFile]).toEqual(['C'])
  })

  test('the file is read as .env files are', () => {
    const dotenv = '\ufeff# comment\nexport A=1\r\nB="two\nlines"\nC=\'#3\' # rest\n\nD=\nE=a=b'
    expect(createEnvironment({ dotenv, real: {} }).variables).toEqual({
      A: '1',
      B: 'two\nlines',
      C: '#3',
      D: '',
      E: 'a=b',
    })
  })

  test('AGENTSPEC_* in the file is ignored with a warning, whatever the real environment says', () => {
    const given = {
      dotenv: 'AGENTSPEC_STORE=memory:\nAGENTSPEC_MODEL=x',
      real: { AGENTSPEC_STORE: 'sqlite:a' },
    }
    const { variables, fromFile, warnings } = createEnvironment(given)
    expect(variables).toEqual({ AGENTSPEC_STORE: 'sqlite:a' })
    expect(fromFile.size).toBe(0)
    expect(warnings).toEqual([
      'AGENTSPEC_MODEL in .env is ignored: set it in the real environment',
      'AGENTSPEC_STORE in .env is ignored: set it in the real environment',
    ])
  })

  test('without a file there is only the real environment', () => {
    expect(createEnvironment({ real: { A: '1' } })).toEqual({
      variables: { A: '1' },
      fromFile: new Set(),
      warnings: [],
    })
  })
})
