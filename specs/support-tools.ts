import { appendFile } from 'node:fs/promises'
import type { ToolContext } from 'agentspec'

export async function lookupOrder(args: {
  order_id: number
}): Promise<{ order_id: number; status: string; amount: number }> {
  return { order_id: args.order_id, status: 'shipped', amount: 150 }
}

/** Cancels an order. With ORDER_LOG set, each cancellation is appended to that file: the effect one can count. */
export async function cancelOrder(
  args: { order_id: number; amount: number },
  ctx: ToolContext,
): Promise<{ cancelled: number; refund: number }> {
  const log = process.env['ORDER_LOG']
  if (log !== undefined) await appendFile(log, `${ctx.idempotency_key} ${args.order_id} ${args.amount}\n`)
  return { cancelled: args.order_id, refund: args.amount }
}
