/** A program that makes one request with the contestant it is given the module of. */
import { runModel } from './script.ts'
import type { CreateContestant } from './contestant.ts'

const [, , module = ''] = process.argv
const { createContestant } = (await import(module)) as { readonly createContestant: CreateContestant }
const { OPENAI_BASE_URL: baseUrl = '', OPENAI_API_KEY: apiKey = '' } = process.env
const contestant = await createContestant({ baseUrl, apiKey, folder: '' })
await contestant.run(runModel(1, 0))
process.exit()
