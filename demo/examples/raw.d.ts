/** What Vite makes of a file that is asked for as it stands. */
declare module '*?raw' {
  const text: string

  export { text as default }
}
