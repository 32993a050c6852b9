/** A dead holder is replaced at once, a live one on this machine never, one elsewhere when it is silent for 15 s. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { currentHolder } from '../../../src/runtime/lease/holder.ts'
import { createLivenessCheck } from '../../../src/runtime/lease/liveness.ts'
import { processStart, UNKNOWN } from '../../../src/runtime/lease/local-process.ts'
import type { Holder, HolderRecord } from '../../../src/runtime/store/run-store.ts'

const self = currentHolder()
const isGone = createLivenessCheck(self)
const NOW = 1_800_000_000_000
const YEAR = 365 * 24 * 3_600_000

/** Another process, as it wrote itself down: like this one but for `changes`, silent for some milliseconds. */
function other(silence: number, changes: Partial<Holder> = {}): HolderRecord {
  return { ...self, driver_id: 'other', ...changes, beat_at: NOW - silence }
}

async function startProcess(
  command: string,
  ...parameters: readonly string[]
): Promise<ReturnType<typeof spawn>> {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child, 'spawn')
  return child
}

test('this process knows itself', () => {
  expect(self.pid).toBe(process.pid)
  for (const fact of Object.values(self)) expect(fact).toBeTruthy()
  expect(currentHolder()).toEqual({ ...self, driver_id: expect.not.stringMatching(self.driver_id) })
  expect(isGone({ ...self, beat_at: NOW - YEAR }, NOW)).toBe(false)
})

test.runIf(process.platform === 'linux')('on Linux every fact of a holder is known', () => {
  expect(Object.values(self)).not.toContain(UNKNOWN)
})

test('a live process is never gone, however long it is silent or stopped', async () => {
  const child = await startProcess('sleep', '60')
  const holder = other(YEAR, { pid: child.pid ?? 0, process_start: processStart(child.pid ?? 0) ?? '' })
  expect(isGone(holder, NOW)).toBe(false)
  child.kill('SIGSTOP')
  expect(isGone(holder, NOW)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
})

test('a process that has ended is gone at once', async () => {
  const child = await startProcess('sleep', '60')
  const holder = other(0, { pid: child.pid ?? 0, process_start: processStart(child.pid ?? 0) ?? '' })
  expect(isGone(holder, NOW)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isGone(holder, NOW)).toBe(true)
})

test('a pid that another process has by now does not keep a lease', async () => {
  const child = await startProcess('sleep', '60')
  expect(isGone(other(0, { pid: child.pid ?? 0, process_start: '1' }), NOW)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
})

test.runIf(process.platform === 'linux')('a process that ended and was not waited for is gone', async () => {
  // The shell becomes a program that never waits for the child that the shell had started.
  const parent = await startProcess('sh', '-c', 'sleep 0.01 & echo $!; exec sleep 60')
  const [output] = await once(parent.stdout ?? parent, 'data')
  const pid = Number(String(output))
  await expect.poll(() => processStart(pid), { timeout: 10_000 }).toBeNull()
  expect(() => process.kill(pid, 0), 'its pid is still taken').not.toThrow()
  expect(isGone(other(0, { pid }), NOW)).toBe(true)
  parent.kill('SIGKILL')
  await once(parent, 'exit')
})

test('a process of an earlier boot of this machine is gone at once', () => {
  expect(isGone(other(0, { boot_id: 'an earlier boot' }), NOW)).toBe(true)
})

test('a process that cannot be asked is gone after more than 15 s of silence', () => {
  const elsewhere: readonly Partial<Holder>[] = [
    { host: 'elsewhere' },
    { host: 'elsewhere', boot_id: 'its own boot', pid: 1 },
    { pid_namespace: 'pid:[1]' },
  ]
  for (const changes of elsewhere) {
    expect(isGone(other(0, changes), NOW)).toBe(false)
    expect(isGone(other(15_000, changes), NOW)).toBe(false)
    expect(isGone(other(15_001, changes), NOW)).toBe(true)
  }
})

test('without a start time, a pid that is taken counts as alive for 15 s after the last heartbeat', () => {
  const holder = { pid: process.pid, process_start: UNKNOWN }
  expect(isGone(other(15_000, holder), NOW)).toBe(false)
  expect(isGone(other(15_001, holder), NOW)).toBe(true)
})
