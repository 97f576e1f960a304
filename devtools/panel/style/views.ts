/** Owns how the views are laid out. */

export const viewStyle = `
.now { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(280px, 1fr); gap: 8px 28px; align-items: start; align-content: start; }
.says > p { margin-bottom: 5px; }
.headline { display: flex; align-items: center; gap: 8px; font-size: 20px; line-height: 1.2; }
.headline .state { font-weight: 650; letter-spacing: -.01em; color: var(--tone); }
.headline .soft { font-size: 13px; }
.countdown { font-size: 15px; white-space: nowrap; }
.why { color: var(--soft); overflow-wrap: anywhere; max-width: 70ch; }
.why:not([data-code=""]) { color: var(--ink); border-left: 3px solid var(--tone); padding-left: 8px; }
.lamp { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 7px; background: var(--good); }
.lamp[data-circuit=OPEN] { background: var(--bad); }
.lamp[data-circuit=HALF-OPEN] { background: linear-gradient(90deg, var(--bad) 50%, var(--good) 50%); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 8px 14px; border-top: 1px solid var(--line); padding-top: 9px; margin-top: 8px; }
.facts dt { color: var(--soft); font-size: 12px; }
.facts dd { overflow-wrap: anywhere; font-weight: 500; }
.now .facts :first-child { grid-column: span 2; }
.frames, .timeline { display: flex; flex-direction: column; }
.frames .tools input[type=search] { flex: 1 1 80px; min-width: 0; max-width: 280px; }
.split { flex: 1; display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 10px; min-height: 200px; }
.rows, .detail { overflow: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); position: relative; height: 100%; min-height: 0; max-height: 100%; contain: size; }
.space { position: relative; }
.row { position: absolute; left: 0; right: 0; top: 0; height: 24px; line-height: 24px; display: grid; grid-template-columns: 92px 18px minmax(0, 1fr) auto; gap: 6px; padding: 0 10px; cursor: default; font: 12px/24px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.row:hover { background: var(--sunk); }
.row[aria-selected=true] { background: var(--tint); }
.row .data { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.row .time, .row .size { color: var(--soft); }
.row .way { font-weight: 700; color: var(--good); }
.row[data-type=sent] .way { color: var(--accent); }
.row.heartbeat .data { color: var(--soft); font-style: italic; }
.detail { padding: 8px 12px; }
.detail .text { white-space: pre-wrap; overflow-wrap: anywhere; }
.detail details, .detail .leaf { font: 12px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.twigs { padding-left: 14px; border-left: 1px solid var(--line); margin-left: 4px; }
summary { cursor: pointer; }
.key { color: var(--soft); }
.string { color: var(--good); } .number { color: var(--accent); } .boolean, .object { color: var(--busy); }
.meter { display: grid; grid-template-columns: 150px minmax(80px, 300px) auto; gap: 2px 10px; align-items: center; margin-bottom: 6px; }
.options { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 6px 28px; align-items: start; }
.slider { display: grid; grid-template-columns: 236px minmax(0, 1fr) 74px; gap: 10px; align-items: center; min-height: 27px; }
.slider code { overflow: hidden; text-overflow: ellipsis; }
.slider output { text-align: right; }
.slider[data-changed] code, .slider[data-changed] output { color: var(--accent); font-weight: 650; }
.faults { display: grid; grid-template-columns: repeat(auto-fill, minmax(236px, 1fr)); gap: 8px; }
.fault { display: flex; flex-wrap: wrap; place-content: center start; align-items: center; gap: 6px 8px; padding: 9px 11px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.fault > button { font-weight: 600; }
.fault > .soft { flex: 1 1 120px; font-size: 12px; line-height: 1.3; }
.fault[data-on] { border-color: var(--bad); background: color-mix(in srgb, var(--bad-fill) 40%, var(--card)); }
.fault[data-on] > .soft { color: var(--ink); }
.fault button[aria-pressed=true] { background: light-dark(#b6231b, #8e241d); border-color: transparent; color: #fff; }
.quantity { display: inline-flex; align-items: center; gap: 4px; }
.break h2:first-of-type { margin-top: 2px; }
.question { background: var(--card); border: 1px solid var(--line); border-left: 3px solid var(--busy); border-radius: 8px; padding: 10px 12px; max-width: 640px; }
.question .tools { margin: 8px 0 0; }
@container panel (max-width: 760px) {
  .now, .options { grid-template-columns: minmax(0, 1fr); }
  .now .figure { order: 2; }
  .split { grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(150px, 3fr) minmax(110px, 2fr); min-height: 330px; }
}
@container panel (max-width: 480px) {
  .slider { grid-template-columns: minmax(0, 1fr) 74px; gap: 0 10px; margin-bottom: 6px; }
  .slider input { grid-column: 1 / -1; grid-row: 2; }
  .meter { grid-template-columns: minmax(0, 1fr) auto; }
  .meter progress { grid-column: 1 / -1; grid-row: 2; }
  .row { grid-template-columns: 88px 12px minmax(0, 1fr) auto; }
}
`
