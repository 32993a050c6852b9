/** A strict reader of the little XML that pictures are made of; it takes nothing that a real parser would refuse. */

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (XmlElement | string)[]
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The root element. @throws Error for anything that is not well-formed. */
export function parseXml(source: string): XmlElement {
  const stack: { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] }[] = []
  let root: XmlElement | undefined
  let at = 0
  const token = /<\/([\w-]+)>|<([\w-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  while (at < source.length) {
    token.lastIndex = at
    const match = token.exec(source)
    if (match === null) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 80)}`)
    at = token.lastIndex
    const [, closing, opening, attributes = '', selfClosing, content] = match
    if (content !== undefined) {
      const inside = stack.at(-1)
      if (inside === undefined && content.trim() !== '')
        throw new Error(`text outside of the root: ${content}`)
      inside?.children.push(decode(content))
    } else if (opening !== undefined) {
      if (root !== undefined && stack.length === 0) throw new Error('a second root')
      const element = { name: opening, attributes: attributesOf(attributes), children: [] }
      stack.at(-1)?.children.push(element)
      root ??= element
      if (selfClosing === '') stack.push(element)
    } else if (stack.pop()?.name !== closing) throw new Error(`</${closing}> closes nothing`)
  }
  if (root === undefined || stack.length > 0) throw new Error('an element is not closed')
  return root
}

/** Every element of this name, in the order of the text. */
export function elementsOf(root: XmlElement, name: string): readonly XmlElement[] {
  const below = root.children.flatMap((child) => (typeof child === 'string' ? [] : elementsOf(child, name)))
  return root.name === name ? [root, ...below] : below
}

/** The text of an element itself. */
export function textOf(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('')
}

function attributesOf(written: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name = '', value = ''] of written.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`the attribute ${name} is given twice`)
    attributes[name] = decode(value)
  }
  return attributes
}

function decode(text: string): string {
  const bad = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(text)
  if (bad !== null) throw new Error(`a character that XML does not have: ${bad[0].codePointAt(0)}`)
  return text.replaceAll(/&([^;]*;?)/g, (whole, name: string) => {
    const character = ENTITIES[name.slice(0, -1)]
    if (character === undefined) throw new Error(`an entity that XML does not have: ${whole.slice(0, 20)}`)
    return character
  })
}
