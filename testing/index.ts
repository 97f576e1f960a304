/**
 * The door of `react-websocket-reconnect/testing`: the virtual world our own tests live in, for the tests of users.
 * It needs no test runner, no real timer and no global.
 */

export {
  accept,
  type FakeEvent,
  type FakeSocket,
  flap,
  hang,
  inTurn,
  refuse,
  type Server,
  throwing,
} from './fake-socket.ts'
export { mulberry32, type ScriptedRandom } from './random.ts'
export { type EventLog, type Recorded, record } from './record.ts'
export { type LogEntry, type Replayed, replay } from './replay.ts'
export { type StoreCheck, type StoreConformanceOptions, storeConformance } from './store-conformance.ts'
export type { SleepOptions, VirtualClock, VirtualTimer } from './virtual-clock.ts'
export { type Act, createWorld, type World, type WorldOptions } from './world.ts'
