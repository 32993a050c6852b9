/** One run of payments over a connection that is cut once. */
import { expect } from 'vitest'
import { createRuntime } from '../../../../src/runtime/create-runtime.ts'
import { StoreFailure } from '../../../../src/runtime/failures.ts'
import { postgresStore } from '../../../../src/runtime/store/postgres/postgres-store.ts'
import { startCuttingProxy } from '../../../support/cutting-proxy.ts'
import type { CutTime } from '../../../support/cutting-proxy.ts'
import { expectWhole, goToEnd } from '../payment-run.ts'
import { temporaryFolder } from '../temporary-store.ts'

export interface Cut {
  /** The message of the client at which the connection is cut. */
  readonly n: number
  readonly time: CutTime
}

/** Carries the run on as another process would, once the connection is back. False when there was no n-th message. */
export async function survivesCut(url: string, { n, time }: Cut): Promise<boolean> {
  using folder = temporaryFolder()
  const log = folder.file('log')
  const direct = await postgresStore(url)
  await using proxy = await startCuttingProxy(Number(new URL(url).port))
  const through = new URL(url)
  through.port = String(proxy.port)
  const store = await postgresStore(through.href)
  proxy.arm(n, time)
  const first = createRuntime({ store, environment: {} })
  const error = await goToEnd(first, log).catch((reason: unknown) => reason)
  if (error !== undefined) expect(error).toBeInstanceOf(StoreFailure)
  await first.close()
  // What the death of that process would do: its leases are free.
  const [run] = await direct.listRuns()
  const driver = run?.holder?.driver_id
  if (run !== undefined && driver !== undefined) {
    for (let epoch = 1; epoch <= 10; epoch++) {
      await direct.releaseLease({ run_id: run.run_id, epoch, driver_id: driver })
    }
  }
  const second = createRuntime({ store: direct, environment: {} })
  await goToEnd(second, log)
  await expectWhole(direct, log)
  await second.close()
  return proxy.cut()
}
