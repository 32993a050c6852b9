import type { ToolContext } from 'agentspec'

const temperatures: Record<string, number> = { Oakland: 20, Oslo: 4, Cairo: 31 }

/** Looks a temperature up; a city it does not know is an error the model sees. */
export async function getTemperature(
  args: { city: string },
  ctx: ToolContext,
): Promise<{ city: string; celsius: number }> {
  ctx.progress(`looking at ${args.city}`)
  const celsius = temperatures[args.city]
  if (celsius === undefined) throw new Error(`No station in ${args.city}`)
  return { city: args.city, celsius }
}
