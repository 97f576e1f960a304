/** Owns the three switches with which a visitor breaks the server. Each says what will be seen, and goes back by itself. */

import { useWebSocket } from '../../../hooks/index.ts'
import { useOnline } from '../StatusBadge.tsx'
import { duration } from '../status/status-text.ts'
import { useNow } from '../status/useNow.ts'
import { useSwitches } from './useSwitches.ts'

export function SwitchCard() {
  // Whoever threw a switch, here or elsewhere: the connection is the first to feel it.
  const { state } = useWebSocket()
  const online = useOnline()
  const { switches, ahead, restart, silence, refuse } = useSwitches(state)
  const { restarting, silent, refusing } = switches ?? { restarting: null, silent: null, refusing: null }
  const now = useNow(500, restarting !== null || silent !== null || refusing !== null) + ahead
  const left = (until: number | null) => (until === null ? null : Math.max(0, until - now))
  return (
    <section className="card switches" aria-labelledby="switches-headline">
      <h2 id="switches-headline">Break it</h2>
      <div className="break">
        <p id="break-restart">Restart the server</p>
        <p className="note">Sockets reset, memory gone; back in seconds.</p>
        <button
          type="button"
          className="quiet"
          aria-disabled={!switches || restarting !== null}
          aria-describedby="break-restart"
          onClick={() => switches && restarting === null && restart()}
        >
          {restarting === null ? 'Restart' : 'Restarting…'}
        </button>
      </div>
      <Toggle
        name="Ignore pings"
        note="Connected, but mute. Noticed within 7 s."
        left={left(silent)}
        usable={switches !== null}
        onTurn={silence}
      />
      <Toggle
        name="Refuse connections"
        note="Nobody stays, nobody gets in; the circuit opens."
        left={left(refusing)}
        usable={switches !== null}
        onTurn={refuse}
      />
      {!switches && (
        <p className="note unreachable">
          {online
            ? 'The whole process cannot be reached, so there is nothing to break just now.'
            : 'This device is offline, and the switches are at the server.'}
        </p>
      )}
    </section>
  )
}

interface ToggleProps {
  name: string
  note: string
  /** Ms until it goes back by itself; null while off. */
  left: number | null
  usable: boolean
  onTurn: (on: boolean) => void
}

function Toggle({ name, note, left, usable, onTurn }: ToggleProps) {
  const id = `break-${name.toLowerCase().replaceAll(' ', '-')}`
  const on = left !== null
  return (
    <div className="break" data-on={on}>
      <p id={id}>{name}</p>
      <p className="note">{on ? `Goes back by itself in ${duration(left)}.` : note}</p>
      <button
        type="button"
        className="toggle"
        role="switch"
        aria-checked={on}
        aria-labelledby={id}
        aria-disabled={!usable}
        onClick={() => usable && onTurn(!on)}
      >
        <i aria-hidden="true" />
      </button>
    </div>
  )
}
