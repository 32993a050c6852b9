import { expect, test } from 'vitest'
import { importRun } from '/work/main/src/runtime/documents/import-run.ts'
import { makeRun, portsOver, RUN_NAMES, storeWith } from '/work/main/test/runtime/documents/support.ts'
import { mutationsOf } from '/work/main/test/runtime/documents/mutations.ts'
test.for(RUN_NAMES)('%s', { timeout: 120000 }, async (name) => {
  const { runtime, run_id, spec } = await makeRun(name, null)
  const doc = JSON.parse(JSON.stringify(await runtime.exportState(run_id, { bundle: true })))
  const { program: _, sources: __, ...rest } = doc
  let n = 0
  const accepted: Record<string, number> = {}
  const codes: Record<string, number> = {}
  const t = performance.now()
  for (const m of mutationsOf(rest)) {
    n++
    const store = await storeWith(spec)
    try {
      await importRun(portsOver(store), m.document)
      const k = m.kind + ' ' + m.key + (m.kind === 'removed' || m.kind==='repeated'||m.kind==='swapped' ? ' ' + m.what : '')
      accepted[k] = (accepted[k] ?? 0) + 1
    } catch (e: any) {
      codes[e.name + ' ' + e.code] = (codes[e.name + ' ' + e.code] ?? 0) + 1
      if (!e.code) console.log(m.what, e)
    }
  }
  console.log(name, n, Math.round(performance.now() - t), JSON.stringify(codes), JSON.stringify(accepted, null, 1))
})
