/**
 * Preloaded (`node --import`) into a child process: its pipes then look like a terminal, so that prompts can be tested
 * where there is no pseudo-terminal. Keys arrive as a terminal in raw mode sends them.
 */
const size = { isTTY: true, columns: 100, rows: 40 }
Object.assign(process.stdin, { isTTY: true, setRawMode: () => process.stdin })
Object.assign(process.stdout, size)
Object.assign(process.stderr, size)
