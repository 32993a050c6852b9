/** What the example `shop` calls. No money moves. */

export function refundOrder(args: { order_id: number; amount: number }): {
  order_id: number
  refunded: number
} {
  return { order_id: args.order_id, refunded: args.amount }
}
