/** agentspec with its runs in SQLite, every commit synced to the disk. */
import { createAgentspec } from './agentspec.ts'
import type { CreateContestant } from './contestant.ts'

export const createContestant: CreateContestant = (arena) => createAgentspec(arena, 'sqlite')
