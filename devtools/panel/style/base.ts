/** Owns colours, type and controls of the panel, light and dark by the page's preference. Colour never speaks alone. */

export const base = `
:host {
  all: initial; color-scheme: light dark;
  --paper: light-dark(#fbfbfd, #15171c); --card: light-dark(#ffffff, #1c1f26); --sunk: light-dark(#f1f2f6, #101216);
  --ink: light-dark(#1b1d24, #e8eaf0); --soft: light-dark(#5b6070, #a2a8b8); --line: light-dark(#dfe1e9, #30343e);
  --accent: light-dark(#3f45c9, #a6adff); --tint: light-dark(#e9eafc, #2a2d52);
  --way: light-dark(#b4b8c9, #565c6c);
  --good: light-dark(#14794a, #4fc78e); --busy: light-dark(#8f5600, #f0b856); --bad: light-dark(#b6231b, #ff8d83);
  --off: var(--soft);
  --good-fill: light-dark(#bfe6d1, #1d5a3f); --busy-fill: light-dark(#f6dcae, #6b4a12);
  --bad-fill: light-dark(#f7c9c4, #7c2b25); --off-fill: light-dark(#dfe2ea, #383d49);
  font: 400 13px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  color: var(--ink); -webkit-text-size-adjust: 100%;
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
p, h2, dl, dd, pre { margin: 0; }
h2 { font-size: 12px; font-weight: 600; color: var(--soft); margin: 14px 0 6px; }
.soft, .note { color: var(--soft); }
.note:not(:empty) { padding: 4px 0; }
.error { color: var(--bad); font-weight: 550; }
code, pre { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
output, .countdown, .facts dd, .time, .size { font-variant-numeric: tabular-nums; }
[data-tone=good] { --tone: var(--good); --fill: var(--good-fill); }
[data-tone=busy] { --tone: var(--busy); --fill: var(--busy-fill); }
[data-tone=bad] { --tone: var(--bad); --fill: var(--bad-fill); }
[data-tone=off] { --tone: var(--off); --fill: var(--off-fill); }
.dot { display: inline-block; flex: none; width: 10px; height: 10px; border-radius: 50%; background: var(--tone, var(--off)); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button, select, input[type=text], input[type=search], input[type=number], textarea {
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 7px;
  min-height: 28px; padding: 2px 9px; margin: 0;
}
button { cursor: pointer; font-weight: 500; }
button:hover:not(:disabled), select:hover { border-color: var(--soft); }
button:disabled { opacity: .55; cursor: default; }
button[aria-pressed=true], button.accent { background: var(--tint); border-color: var(--accent); color: var(--ink); }
::placeholder { color: var(--soft); opacity: 1; }
input[type=checkbox] { accent-color: var(--accent); margin: 0 5px 0 0; vertical-align: -2px; }
input[type=range] { accent-color: var(--accent); margin: 0; min-width: 0; width: 100%; }
input[type=number] { width: 62px; padding-right: 4px; }
progress { accent-color: var(--accent); width: 100%; height: 10px; }
.check { display: inline-flex; align-items: center; min-height: 28px; white-space: nowrap; }
.tools { display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; margin-bottom: 8px; }
.by-hand { width: 100%; font: 12px/1.5 ui-monospace, monospace; margin: 6px 0; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
`
