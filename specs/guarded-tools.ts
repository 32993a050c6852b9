/** What the example `guarded.yaml` calls. */

export function findAccount({ name }: { name: string }): { owner: string; opened: number } {
  return { owner: name, opened: 2019 }
}

/** Trips on accounts that say what is on them. */
export function noBalance({ output }: { output: string }): boolean {
  return output.includes('balance')
}
