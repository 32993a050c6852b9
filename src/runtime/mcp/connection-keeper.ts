/** Keeps connections to servers between the runs of one process, for a person who works on a spec. */
import { hashJson } from '../../util/sha256.ts'
import type { Program } from '../../compiler/program.ts'
import type { ConnectionOrder } from './live-connection.ts'
import type { ServerConnection } from './server-connection.ts'

export interface ConnectionKeeper {
  /**
   * A connection that is like the ordered one and that nobody uses, else a new one. To close it ends it, or gives it back.
   *
   * @param secrets What is taken out of everything a server says.
   */
  readonly open: (order: ConnectionOrder, secrets: string, connect: ConnectServer) => ServerConnection
  /** From here on those of this Program are kept; what others used, and nobody uses now, ends. */
  readonly keepOnly: (program: Program, folder: string) => void
  /** Ends them all. */
  readonly close: () => Promise<void>
}

/** Makes a connection. */
export type ConnectServer = (order: ConnectionOrder) => ServerConnection

/** A connection ends with the run that made it. */
export const keepNoConnections: ConnectionKeeper = {
  open: (order, _secrets, connect) => connect(order),
  keepOnly: () => {},
  close: async () => {},
}

interface Kept {
  /** Of the entry in the spec, with its variables resolved, and the folder. */
  readonly entry: string
  readonly secrets: string
  readonly connection: ServerConnection
  /** Of the run that uses it, or did last. */
  order: ConnectionOrder
  isUsed: boolean
}

/** A server starts anew only when its own entry is another, or it is gone; not for any other change of the spec. */
export function createConnectionKeeper(): ConnectionKeeper {
  const all = new Set<Kept>()
  const endings = new Set<Promise<void>>()
  const end = (kept: Kept): void => {
    all.delete(kept)
    const ending = kept.connection.close().catch(() => {})
    endings.add(ending)
    void ending.then(() => endings.delete(ending))
  }
  const make = (order: ConnectionOrder, secrets: string, connect: ConnectServer): Kept => {
    const holder: { order: ConnectionOrder } = { order }
    const connection = connect({
      ...order,
      onConnected: (connected) => holder.order.onConnected(connected),
      onListed: (listing) => holder.order.onListed(listing),
    })
    const kept: Kept = Object.assign(holder, { entry: entryOf(order), secrets, connection, isUsed: false })
    all.add(kept)
    return kept
  }
  return {
    open(order, secrets, connect) {
      const entry = entryOf(order)
      const idle = [...all].find((kept) => !kept.isUsed && kept.entry === entry && kept.secrets === secrets)
      const kept = idle ?? make(order, secrets, connect)
      kept.isUsed = true
      kept.order = order
      return {
        ...kept.connection,
        close: async () => {
          kept.isUsed = false
        },
      }
    },
    keepOnly({ mcp_servers: servers }, folder) {
      const wanted = new Set(
        Object.entries(servers).map(([name, definition]) =>
          entryOf({ name, definition, surroundings: { folder } }),
        ),
      )
      for (const kept of all) if (!kept.isUsed && !wanted.has(kept.entry)) end(kept)
    },
    async close() {
      for (const kept of all) end(kept)
      await Promise.all(endings)
    },
  }
}

function entryOf({
  name,
  definition,
  surroundings,
}: Pick<ConnectionOrder, 'name' | 'definition'> & {
  readonly surroundings: Pick<ConnectionOrder['surroundings'], 'folder'>
}): string {
  return hashJson([name, { ...definition }, surroundings.folder])
}
