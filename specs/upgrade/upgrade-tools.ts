/** What the two versions of the example `upgrade` call. */

export function cancel({ booking }: { booking: number }): { cancelled: number } {
  return { cancelled: booking }
}

export function cancelBooking(args: { booking_id: string; fee: number }): { cancelled: string; fee: number } {
  return { cancelled: args.booking_id, fee: args.fee }
}
