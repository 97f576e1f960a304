/** Owns where this project lives in the web, as package.json says it. Pure. */

/** Until package.json says it. */
export const usualSource = 'https://github.com/react-websocket-reconnect/react-websocket-reconnect'

interface Manifest {
  repository?: string | { url?: string }
  homepage?: string
}

/** The repository's page: `git+https://host/owner/name.git` and `https://host/owner/name#readme` both name it. */
export function sourceOf({ repository, homepage }: Manifest): string {
  const url = (typeof repository === 'string' ? repository : repository?.url) ?? homepage ?? usualSource
  return url
    .replace(/^git\+/, '')
    .replace(/#.*$/, '')
    .replace(/\.git$/, '')
}
