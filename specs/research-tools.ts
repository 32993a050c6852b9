/** What the example `research.yaml` calls. Nothing is really bought. */

const library = ['Bees see ultraviolet light', 'Ants follow scent', 'Bees fly up to 10 km']

export function searchLibrary({ words }: { words: readonly string[] }): readonly string[] {
  return library.filter((line) => words.some((word) => line.toLowerCase().includes(word.toLowerCase())))
}

export function buyArticle({ title, price }: { title: string; price: number }): {
  text: string
  paid: number
} {
  return { text: `${title}: bees dance to tell others where food is.`, paid: price }
}
