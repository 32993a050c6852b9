/** Random and broken specs by the ten thousands. `FUZZ_SEED` tries others. */
import { expect, test } from 'vitest'
import { runCampaign } from './fuzz/campaign.ts'
test('x', { timeout: 900_000 }, async () => {
  const report = await runCampaign({ seed: Number(process.env['FUZZ_SEED'] ?? 1), first: 0, count: Number(process.env['N'] ?? 1000) })
  console.log(report)
  expect(report.failures.map((f) => f.slice(0, 3000))).toEqual([])
})
