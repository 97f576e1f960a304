/**
 * Owns the three quickest ways to break the server, in reach at every size; the laboratory has all of them. Each says what will be
 * seen, and goes back by itself.
 */

import { useWebSocket } from '../../../hooks/index.ts'
import { useLanguage, useWords } from '../language.ts'
import { useOnline } from '../StatusBadge.tsx'
import { duration } from '../status/status-text.ts'
import { useNow } from '../status/useNow.ts'
import { LabButton } from './LabButton.tsx'
import { faultOf } from './side-door.ts'
import { switchWords } from './switch-words.ts'
import { useSwitches } from './useSwitches.ts'

export function SwitchCard() {
  // Whoever threw a switch, here or elsewhere: the connection is the first to feel it.
  const { state } = useWebSocket()
  const online = useOnline()
  const words = useWords(switchWords)
  const language = useLanguage()
  const { switches, ahead, order } = useSwitches(state)
  const silent = faultOf(switches, 'silence')
  const refusing = faultOf(switches, 'refuse')
  const isAway = !!switches && switches.restarting !== null
  const now = useNow(500, isAway || !!silent || !!refusing) + ahead
  const left = (fault: { until: number } | undefined) => (fault ? Math.max(0, fault.until - now) : null)
  const turn = (name: 'silence' | 'refuse') => (on: boolean) => order(name, { on })
  return (
    <section className="card switches" aria-labelledby="switches-headline">
      <header>
        <h2 id="switches-headline">{words.headline}</h2>
        <LabButton />
      </header>
      <div className="break">
        <p id="break-crash">{words.crash}</p>
        <p className="note">{words.crashNote}</p>
        <button
          type="button"
          className="quiet"
          aria-disabled={!switches || isAway}
          aria-describedby="break-crash"
          onClick={() => switches && !isAway && order('crash')}
        >
          {isAway ? words.crashing : words.press}
        </button>
      </div>
      <Toggle
        id="break-silence"
        name={words.silence}
        note={silent ? words.left(duration(left(silent) ?? 0, language)) : words.silenceNote}
        on={!!silent}
        usable={!!switches}
        onTurn={turn('silence')}
      />
      <Toggle
        id="break-refuse"
        name={words.refuse}
        note={refusing ? words.left(duration(left(refusing) ?? 0, language)) : words.refuseNote}
        on={!!refusing}
        usable={!!switches}
        onTurn={turn('refuse')}
      />
      {!switches && <p className="note unreachable">{online ? words.unreachable : words.offline}</p>}
    </section>
  )
}

interface ToggleProps {
  id: string
  name: string
  note: string
  on: boolean
  usable: boolean
  onTurn: (on: boolean) => void
}

function Toggle({ id, name, note, on, usable, onTurn }: ToggleProps) {
  return (
    <div className="break" data-on={on}>
      <p id={id}>{name}</p>
      <p className="note">{note}</p>
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
