/** Owns where the panel stands on a page, its button, its head and the red bar. */

export const panelStyle = `
.launcher {
  position: fixed; z-index: 2147483000; right: 14px; bottom: 14px; display: inline-flex; gap: 7px; align-items: center;
  min-height: 32px; padding: 4px 12px; border-radius: 99px; font-weight: 600; font-size: 12px; letter-spacing: .02em;
  box-shadow: 0 1px 2px #0002, 0 4px 16px #0003;
}
.launcher[data-broken] { border-color: var(--bad); box-shadow: 0 0 0 2px var(--bad-fill), 0 4px 16px #0003; }
.frame { position: fixed; z-index: 2147483000; background: var(--paper); display: flex; box-shadow: 0 0 0 1px var(--line), 0 0 32px #0003; }
.frame[data-position=inside] { position: static; height: 100%; min-height: 320px; box-shadow: none; z-index: 0; }
.frame[data-position=bottom] { inset: auto 0 0 0; height: min(400px, 60vh); }
.frame[data-position=top] { inset: 0 0 auto 0; height: min(400px, 60vh); }
.frame[data-position=left] { inset: 0 auto 0 0; width: min(520px, 100vw); }
.frame[data-position=right] { inset: 0 0 0 auto; width: min(520px, 100vw); }
.panel { flex: 1; min-width: 0; display: flex; flex-direction: column; container: panel / inline-size; background: var(--paper); }
.head { display: flex; align-items: center; gap: 4px 10px; padding: 6px 12px 0; border-bottom: 1px solid var(--line); background: var(--card); flex-wrap: wrap; }
.head select { max-width: 260px; text-overflow: ellipsis; margin-bottom: 6px; }
.head .end { display: flex; gap: 6px; margin: 0 0 6px auto; }
.head .dot { margin-bottom: 6px; }
[role=tablist] { display: flex; flex-wrap: wrap; gap: 0 2px; }
[role=tab] { border: 0; border-radius: 7px 7px 0 0; background: none; color: var(--soft); padding: 5px 10px 8px; min-height: 34px; white-space: nowrap; }
[role=tab]:hover { color: var(--ink); }
[role=tab]:focus-visible { outline-offset: -3px; }
[role=tab][aria-selected=true] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--accent); }
.shut { font-size: 18px; line-height: 1; padding: 0 9px; }
.bar { display: flex; align-items: center; gap: 10px; padding: 5px 12px; background: light-dark(#b6231b, #8e241d); color: #fff; font-weight: 600; }
.bar span { min-width: 0; overflow-wrap: anywhere; }
.bar button { margin-left: auto; color: #7a1710; background: #fff; border-color: #fff; flex: none; }
.bar :focus-visible { outline-color: #fff; outline-offset: 2px; }
.stage { flex: 1; min-height: 0; overflow: auto; padding: 12px; outline: none; }
.stage > section { min-height: 100%; }
.panel > .error, .panel > .text, .panel > .tools { margin: 12px; }
@container panel (max-width: 640px) {
  .head { gap: 4px 8px; }
  .head select { flex: 1; min-width: 0; max-width: none; }
  .head [role=tablist] { order: 3; width: 100%; }
  .stage { padding: 10px; }
}
@container panel (max-width: 480px) {
  .head { padding: 6px 8px 0; }
  [role=tab] { padding: 3px 5px 5px; min-height: 30px; }
}
@media (max-width: 640px) {
  .frame[data-position=bottom], .frame[data-position=top] { height: min(640px, 78vh); }
  .frame[data-position=bottom] { border-radius: 14px 14px 0 0; overflow: hidden; }
}
`
