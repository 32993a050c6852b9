/** Completion scripts: the words of every command, and files wherever something else may stand. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export interface CommandWords {
  readonly name: string
  readonly summary: string
  /** Commands below it, and its flags. */
  readonly words: readonly string[]
}

const GLOBAL = ['--store', '--env-file', '--json', '--no-color', '--quiet', '--verbose', '--help']

/** The script for a shell, with a line feed at its end. */
export function completionScript(shell: (typeof SHELLS)[number], commands: readonly CommandWords[]): string {
  return { bash, zsh, fish }[shell](commands)
}

function bash(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const cases = commands.map(
    ({ name, words }) => `    ${name}) words="${[...words, ...GLOBAL].join(' ')}" ;;`,
  )
  return `# agentspec completion for bash
_agentspec() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} ${GLOBAL.join(' ')} --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _agentspec agentspec
`
}

function zsh(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name, summary }) => `    '${name}:${quoted(summary).replaceAll(':', '\\:')}'`)
  const cases = commands.map(
    ({ name, words }) => `    ${name}) words_of=(${[...words, ...GLOBAL].join(' ')}) ;;`,
  )
  return `#compdef agentspec
_agentspec() {
  local -a commands words_of
  commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "$words[2]" in
${cases.join('\n')}
  esac
  compadd -- $words_of
  _files
}
# Loaded by its name it is called at once; read as a script it is only made known.
if [ "$funcstack[1]" = "_agentspec" ]; then
  _agentspec "$@"
else
  compdef _agentspec agentspec
fi
`
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, summary, words }) => [
    `complete -c agentspec -n __fish_use_subcommand -a ${name} -d '${quoted(summary)}'`,
    ...[...words, ...GLOBAL].map((word) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
      return `complete -c agentspec -n '__fish_seen_subcommand_from ${name}' ${what}`
    }),
  ])
  const global = [...GLOBAL, '--version'].map(
    (flag) => `complete -c agentspec -n __fish_use_subcommand -l ${flag.slice(2)}`,
  )
  return `# agentspec completion for fish\n${[...global, ...lines].join('\n')}\n`
}

/** For single quotes. */
function quoted(text: string): string {
  return text.replaceAll("'", '')
}
