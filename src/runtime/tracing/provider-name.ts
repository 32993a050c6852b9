/** Names of providers as the GenAI semantic conventions write them. */
import { splitModelId } from '../../compiler/lower/lower-model.ts'

/** AI SDK packages whose name is not the convention's. */
const SDK_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['amazon-bedrock', 'aws.bedrock'],
  ['azure', 'azure.ai.openai'],
  ['google', 'gcp.gemini'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['mistral', 'mistral_ai'],
  ['moonshotai', 'moonshot_ai'],
  ['xai', 'x_ai'],
])

/** `gen_ai.provider.name` of a model's provider. */
export function providerName(provider: string): string {
  const name = provider.startsWith('@ai-sdk/') ? provider.slice('@ai-sdk/'.length) : provider
  return SDK_PROVIDERS.get(name) ?? name
}

/** The provider and the model of a name like `openai/gpt-5.6-luna`. */
export function splitModelName(name: string): { readonly provider: string; readonly model: string } {
  const { provider, model } = splitModelId(name)
  return { provider: providerName(provider), model: model ?? name }
}
