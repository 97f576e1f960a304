/** Owns the laboratory beside the chat: what breaks the server, a fleet of clients, and what the devtools see. */

export function Laboratory() {
  return null
}
