/** Reads SQLite's write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log). */
import { readFileSync } from 'node:fs'

/** How many transactions the log of a database file has. */
export function countCommits(file: string): number {
  const log = readFileSync(`${file}-wal`)
  const frameSize = 24 + log.readUInt32BE(8)
  const salt = log.readBigUInt64BE(16)
  let commits = 0
  for (let frame = 32; frame + frameSize <= log.length; frame += frameSize) {
    // The second field is not 0 in the last frame of a transaction; frames with another salt are of an older log.
    if (log.readBigUInt64BE(frame + 8) === salt && log.readUInt32BE(frame + 4) !== 0) commits += 1
  }
  return commits
}
