/** Server-sent events, as far as model servers use them: the `data` of each event. */

export interface SseDecoder {
  /** The data of the events that a piece of text completes. */
  push(text: string): readonly string[]
  /** The data of an event that the end of the stream completes: some servers leave out the last blank line. */
  end(): readonly string[]
}

/** Lines may end in LF or CRLF and may be split anywhere. Comments and the fields `event`, `id`, `retry` are skipped. */
export function createSseDecoder(): SseDecoder {
  let unfinished: string[] = []
  let data: string[] = []

  const endLine = (line: string, events: string[]): void => {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'))
      data = []
    } else if (line.startsWith('data:')) {
      data.push(line.slice(line.charAt(5) === ' ' ? 6 : 5))
    }
  }

  return {
    push: (text) => {
      const events: string[] = []
      let from = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
        const tail = text.slice(from, end)
        const line = unfinished.length === 0 ? tail : unfinished.join('') + tail
        unfinished = []
        endLine(line.endsWith('\r') ? line.slice(0, -1) : line, events)
        from = end + 1
      }
      if (from < text.length) unfinished.push(text.slice(from))
      return events
    },
    end: () => {
      const events: string[] = []
      endLine(unfinished.join(''), events)
      endLine('', events)
      return events
    },
  }
}
