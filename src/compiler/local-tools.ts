/** The keys that tools which act on this machine have in a Program besides those of every tool, and what they take. */
import type { JsonObject } from '../util/json.ts'

/** A function that may decide in place of a person: `path#export`. */
interface AutomaticApproval {
  readonly on_approval?: { readonly handler: string }
}

export interface ShellToolKeys extends AutomaticApproval {
  readonly type: 'shell'
  /** Where commands run, as written: relative to the spec's folder. */
  readonly cwd: string
  /** Names of the variables that commands see besides the usual ones. */
  readonly env: readonly string[]
  /** Most characters kept of each stream of a command. */
  readonly max_output_length: number
  readonly parameters: JsonObject
  readonly strict: boolean
  /** Absolute, once it is known where the spec's folder is: only a linked Program has it. */
  readonly folder?: string
}

export interface ApplyPatchToolKeys extends AutomaticApproval {
  readonly type: 'apply_patch'
  /** The folder whose files may be edited, as written: relative to the spec's folder. */
  readonly root: string
  readonly parameters: JsonObject
  readonly strict: boolean
  /** Absolute, once it is known where the spec's folder is: only a linked Program has it. */
  readonly folder?: string
}

/** What a call of a shell tool takes. */
export const shellParameters: JsonObject = {
  type: 'object',
  properties: {
    commands: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      description: 'Shell commands, run one after the other. Each begins in the same folder.',
    },
    timeout_ms: { type: 'integer', minimum: 0, description: 'Milliseconds for each command.' },
    max_output_length: {
      type: 'integer',
      minimum: 0,
      description: 'Most characters of output to return of each command.',
    },
  },
  required: ['commands'],
  additionalProperties: false,
}

/** One edit of one file: what rules about patches see as `args`. */
export const patchOperation: JsonObject = {
  type: 'object',
  properties: {
    type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
    path: { type: 'string', minLength: 1, description: 'The file, relative to the folder.' },
    diff: {
      type: 'string',
      description:
        'A V4A diff: sections that begin with "@@", or "@@ a line before them", and lines that begin with " " (kept), "-" (removed) or "+" (added). For a new file every line begins with "+". Not for delete_file.',
    },
  },
  required: ['type', 'path'],
  additionalProperties: false,
}

/** What a call of an apply_patch tool takes where the model has no item of its own for it. */
export const patchParameters: JsonObject = {
  type: 'object',
  properties: { operations: { type: 'array', items: patchOperation, minItems: 1 } },
  required: ['operations'],
  additionalProperties: false,
}
