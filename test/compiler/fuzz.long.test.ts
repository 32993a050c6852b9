/** Random and broken specs by the ten thousand, the first half. The environment variable `FUZZ_SEED` chooses others. */
import { test } from 'vitest'
import { expectSoundCompiler } from './fuzz/expect-sound.ts'

const timeout = 900_000

test('no text breaks the compiler', { timeout }, async () => {
  await expectSoundCompiler(0)
})
