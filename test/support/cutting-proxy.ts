/** A TCP proxy that cuts its connections at the n-th message of the client: before the server gets it, or once it has answered. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export type CutTime = 'before' | 'after'

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number
  /** Counts from now on; every connection is cut at the n-th message, once. */
  arm(n: number, time: CutTime): void
  /** True once the n-th message came. */
  readonly cut: () => boolean
}

/** @param target the port on this machine that connections go to */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  let countdown = Number.POSITIVE_INFINITY
  let time: CutTime = 'before'
  let isCut = false
  const cutAll = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    let dropsAnswer = false
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (chunk) => {
      countdown -= 1
      if (countdown !== 0) return void upstream.write(chunk)
      if (time === 'before') return cutAll()
      dropsAnswer = true
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (dropsAnswer) cutAll()
      else client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    arm(n, when) {
      countdown = n
      time = when
    },
    cut: () => isCut,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
