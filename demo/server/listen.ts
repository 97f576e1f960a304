/**
 * Owns where the demo listens: this machine only unless told otherwise, and another port if the usual one is taken.
 * Must never take another port than one that was asked for by name.
 */

import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const usualPort = 5173

export interface Place {
  /** Default 127.0.0.1. */
  host?: string | undefined
  /** Default 5173, or the next free one. */
  port?: number | undefined
}

/** What the environment variables HOST and PORT ask for. */
export function readPlace(env: { HOST?: string | undefined; PORT?: string | undefined }): Place {
  const port = env.PORT ? Number(env.PORT) : undefined
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
    throw new RangeError(`PORT must be a whole number from 0 to 65535, got "${env.PORT}".`)
  }
  return { host: env.HOST || undefined, port }
}

/** Whether an address can only be reached from this machine. */
export const isLocal = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Listens, and says where. */
export async function listen(server: Server, { host = '127.0.0.1', port }: Place): Promise<AddressInfo> {
  if (port !== undefined) return attempt(server, host, port)
  for (let next = usualPort; next < usualPort + 20; next++) {
    try {
      return await attempt(server, host, next)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
  return attempt(server, host, 0)
}

function attempt(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listening)
      const text = `Port ${port} on ${host} is taken; set PORT to another one, or leave it out.`
      reject(error.code === 'EADDRINUSE' ? Object.assign(new Error(text), { code: error.code }) : error)
    }
    const listening = () => {
      server.off('error', failed)
      resolve(server.address() as AddressInfo)
    }
    server.once('error', failed)
    server.once('listening', listening)
    server.listen(port, host)
  })
}
