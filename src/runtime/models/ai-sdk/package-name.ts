/** Which names of `provider` are npm packages that may be loaded. */

/** As npm writes names: a scope or none, no path below the package, no address, nothing that begins with a dot. */
const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/

/** What packages without a scope are called by convention: `ollama-ai-provider-v2`, `x-ai-sdk-provider`. */
const UNSCOPED = /(?:^|-)ai-(?:sdk-)?provider(?:-|$)/

/** The longest name npm takes. */
const LONGEST = 214

/**
 * Whether a provider is the name of a package of the AI SDK. A name without a scope must say so itself: what is only
 * mistyped (`opanai`) must not be looked for, and never recommended for installation; Node's own modules have none of
 * these names.
 */
export function isProviderPackage(provider: string): boolean {
  if (provider.length > LONGEST || !PACKAGE.test(provider)) return false
  return provider.startsWith('@') || UNSCOPED.test(provider)
}

/** What the provider is called, most telling first: `anthropic`; for `@openrouter/ai-sdk-provider` its scope. At least one. */
export function providerWords(packageName: string): readonly string[] {
  const [scope = '', short = ''] = packageName.startsWith('@')
    ? packageName.slice(1).split('/')
    : ['', packageName]
  const bare = short.replace(/-?(?:vercel-)?(?:ai-)?(?:sdk-)?provider(?:-v?\d+)?$/, '')
  // A scope of many providers says nothing about one of them.
  const words = [bare, scope].filter((word) => word !== '' && word !== 'ai-sdk')
  return words.length === 0 ? [short] : words
}

/** Packages whose variables are not named after them. */
const PREFIXES: Readonly<Record<string, string>> = {
  '@ai-sdk/google': 'GOOGLE_GENERATIVE_AI',
  '@ai-sdk/togetherai': 'TOGETHER_AI',
}

/** What the names of a provider's variables begin with: `ANTHROPIC` of `ANTHROPIC_API_KEY`. At least one. */
export function variablePrefixes(packageName: string): readonly string[] {
  const known = Object.hasOwn(PREFIXES, packageName) ? PREFIXES[packageName] : undefined
  if (known !== undefined) return [known]
  return providerWords(packageName).map((word) => word.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_'))
}
