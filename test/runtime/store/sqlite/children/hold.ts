/** Holds the write lock of FILE, which may be new, for 300 ms; prints `held` once it has it. */
import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'

const [file = ''] = process.argv.slice(2)
using database = new DatabaseSync(file)
database.exec('BEGIN IMMEDIATE')
writeSync(1, 'held\n')
await setTimeout(300)
database.exec('COMMIT')
