/** Random and broken specs by the ten thousand, the second half. The environment variable `FUZZ_SEED` chooses others. */
import { test } from 'vitest'
import { SHARE, expectSoundCompiler } from './fuzz/expect-sound.ts'

const timeout = 900_000

test('no text breaks the compiler', { timeout }, async () => {
  await expectSoundCompiler(SHARE)
})
