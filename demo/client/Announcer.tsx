/**
 * Owns what assistive technology is told about the connection: the state it has settled in, not every flicker on the way.
 */

import { useEffect, useState } from 'react'

const settle = 900

export function Announcer({ text }: { text: string }) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), settle)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  )
}
