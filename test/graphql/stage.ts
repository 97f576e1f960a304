/**
 * Owns how the GraphQL tests in virtual time begin: a world, a client in it, and a server that is played by hand.
 * Must never answer by itself.
 */

import { type GraphQLClientOptions, GraphQLSubscriptionClient } from '../../src/graphql/index.ts'
import { createWorld, type FakeSocket, record, type World, type WorldOptions } from '../support/index.ts'

export const ENDPOINT = 'wss://api.example.test/graphql'

/** A client that has not been told to connect, and the log of its engine. */
export function setup(options: GraphQLClientOptions = {}, worldOptions: WorldOptions = {}) {
  const world = createWorld(worldOptions)
  const { url: _, ...surroundings } = world.options({ jitter: 0 })
  const client = new GraphQLSubscriptionClient(ENDPOINT, { ...surroundings, ...options })
  const log = record(client.ws, { except: ['message'] })
  return { world, client, log }
}

/** A client whose server has acknowledged; the log and the messages sent so far are forgotten. */
export async function acknowledged(options: GraphQLClientOptions = {}, worldOptions: WorldOptions = {}) {
  const scene = setup(options, worldOptions)
  scene.client.connect()
  await greet(scene.world)
  scene.log.take()
  taken(scene.world.socket)
  return scene
}

/** The socket opens, and the client greets. */
export async function open(world: World): Promise<void> {
  world.socket.accept()
  await world.settle()
}

/** The socket opens, the client greets, the server acknowledges. */
export async function greet(world: World): Promise<void> {
  await open(world)
  say(world.socket, { type: 'connection_ack' })
}

/** The server says something. */
export function say(socket: FakeSocket, ...messages: unknown[]): void {
  for (const message of messages) socket.receive(typeof message === 'string' ? message : JSON.stringify(message))
}

/** What the client has sent, oldest first. */
export const sent = (socket: FakeSocket): any[] => socket.sent.map((data) => JSON.parse(String(data)))

/** What the client has sent since the last time of asking. */
export const taken = (socket: FakeSocket): any[] => socket.sent.splice(0).map((data) => JSON.parse(String(data)))

/** The handlers of an operation, and what they were called with. */
export function listener() {
  const heard: unknown[][] = []
  return {
    heard,
    onData: (result: unknown) => void heard.push(['data', result]),
    onError: (error: unknown) => void heard.push(['error', error]),
    onComplete: () => void heard.push(['complete']),
  }
}

/** Moves the time to the announced dial. */
export async function untilRetry({
  world,
  client,
}: {
  world: World
  client: GraphQLSubscriptionClient
}): Promise<void> {
  const { retryAt } = client.ws.getSnapshot()
  if (retryAt === null) throw new Error(`no retry is announced, the state is ${client.ws.state}`)
  await world.advanceAsync(retryAt - (world.clock.start + world.clock.elapsed))
}
