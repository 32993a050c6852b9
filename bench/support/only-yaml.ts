/** What reading YAML alone costs a process: parses the file it is given, and does nothing else. */
import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'

const [, , file = ''] = process.argv
const { errors } = parseDocument(readFileSync(file, 'utf8'))
if (errors.length > 0) throw new Error(`${file} is not YAML`)
