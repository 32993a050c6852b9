/** What the operating system says of processes on this machine, this one included. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
// A lease names the process that holds it, whichever program runs it: this file is where the process is asked.
// oxlint-disable-next-line no-restricted-imports
import { kill, pid, platform } from 'node:process'

/** Stands for a fact that this system does not tell. */
export const UNKNOWN = 'unknown'

export const ownPid: number = pid

/**
 * The start of a running process in the system's own unit, `UNKNOWN` when it runs but the system hides its start,
 * `null` when there is no such process. One that has ended and was not waited for (a zombie) counts as ended.
 */
export function processStart(pid: number): string | null {
  if (!exists(pid)) return null
  if (platform === 'linux') return linuxProcessStart(pid)
  return platform === 'win32' ? UNKNOWN : posixProcessStart(pid)
}

/** Differs after each boot of the machine. */
export function bootId(): string {
  if (platform === 'linux')
    return attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  if (platform === 'darwin') return attempt(() => run('sysctl', ['-n', 'kern.bootsessionuuid']))
  return UNKNOWN
}

/** Pids are unique in one namespace only; systems other than Linux have a single one. */
export function pidNamespace(): string {
  return platform === 'linux' ? attempt(() => readlinkSync('/proc/self/ns/pid')) : 'pid:[0]'
}

/** Signal 0 reaches nobody: it only tells whether there is such a process, also one of another user. */
function exists(pid: number): boolean {
  try {
    kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Fields 3 and 22 of /proc/PID/stat (proc_pid_stat(5)); field 2, the name, may hold blanks and parentheses. */
function linuxProcessStart(pid: number): string | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === UNKNOWN) return exists(pid) ? UNKNOWN : null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return isEnded(fields[0]) ? null : (fields[19] ?? UNKNOWN)
}

function posixProcessStart(pid: number): string | null {
  const line = attempt(() => run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]))
  if (line === UNKNOWN) return exists(pid) ? UNKNOWN : null
  const [state, ...start] = line.split(/\s+/)
  return isEnded(state) ? null : start.join(' ')
}

function isEnded(state: string | undefined): boolean {
  return state?.startsWith('Z') === true || state?.startsWith('X') === true
}

function run(command: string, parameters: readonly string[]): string {
  const output = execFileSync(command, parameters, {
    encoding: 'utf8',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/bin:/usr/bin:/sbin:/usr/sbin' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return output.trim()
}

function attempt(ask: () => string): string {
  try {
    return ask()
  } catch {
    return UNKNOWN
  }
}
