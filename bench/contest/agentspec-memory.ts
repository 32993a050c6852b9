/** agentspec with its runs in memory. */
import { createAgentspec } from './agentspec.ts'
import type { CreateContestant } from './contestant.ts'

export const createContestant: CreateContestant = (arena) => createAgentspec(arena, 'memory')
