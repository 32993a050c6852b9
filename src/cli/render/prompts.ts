/** The prompts of a terminal: a choice, several, a line of text. They draw on stderr; Ctrl-C and Escape give `null`. */
import { isCancel, multiselect, select, text } from '@clack/prompts'
import type { CommandContext } from '../context.ts'
import { promptOutput } from './prompt-output.ts'

export interface Choice {
  readonly value: string
  readonly label: string
  readonly hint?: string
}

type Terminal = Pick<CommandContext, 'stdin' | 'stderr'>

/** One of several. */
export async function choose(
  { stdin, stderr }: Terminal,
  message: string,
  options: readonly Choice[],
  initialValue?: string,
): Promise<string | null> {
  const chosen = await select({
    message,
    options: [...options],
    showInstructions: false,
    input: stdin,
    output: promptOutput(stderr),
    ...(initialValue === undefined ? {} : { initialValue }),
  })
  return isCancel(chosen) ? null : chosen
}

/** Any number of several. */
export async function chooseSeveral(
  { stdin, stderr }: Terminal,
  message: string,
  options: readonly Choice[],
  initialValues: readonly string[],
): Promise<readonly string[] | null> {
  const chosen = await multiselect({
    message,
    options: [...options],
    initialValues: [...initialValues],
    required: false,
    input: stdin,
    output: promptOutput(stderr),
  })
  return isCancel(chosen) ? null : chosen
}

/** A line. `validate` says what is wrong with one. */
export async function askLine(
  { stdin, stderr }: Terminal,
  message: string,
  initialValue: string,
  validate?: (value: string) => string | undefined,
): Promise<string | null> {
  const written = await text({
    message,
    initialValue,
    input: stdin,
    output: promptOutput(stderr),
    ...(validate === undefined ? {} : { validate: (value) => validate(value ?? '') }),
  })
  return isCancel(written) ? null : (written ?? '')
}
