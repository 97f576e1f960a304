/** Owns how the text of a message is shown: as it was written, with its links. Must never be anything but text and links. */

import { partsOf } from './links.ts'

export function Text({ text }: { text: string }) {
  return (
    <p className="text" dir="auto">
      {partsOf(text).map(({ text, at, href }) =>
        href ? (
          <a key={at} href={href} target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        ) : (
          text
        ),
      )}
    </p>
  )
}
