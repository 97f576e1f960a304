/** Owns the colours and lines of what is drawn: the chart, the lanes, the schedule. */

export const pictures = `
svg { display: block; max-width: 100%; overflow: visible; }
svg text { font: 11px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--soft); }
.chart { width: 100%; max-width: 620px; height: auto; }
.phase rect { fill: var(--card); stroke: var(--line); stroke-width: 1.2; transition: fill .25s, stroke .25s; }
.phase text { font-size: 12.5px; fill: var(--soft); }
.phase[data-lit=true] rect { fill: var(--fill); stroke: var(--tone); stroke-width: 2; }
.phase[data-lit=true] text { fill: var(--ink); font-weight: 650; }
@container panel (max-width: 480px) { .phase text { font-size: 14px; } }
.way { fill: none; stroke: var(--way); stroke-width: 1.3; }
.way[data-taken=true] { stroke: var(--tone, var(--accent)); stroke-width: 2; }
.arrow { fill: var(--way); }
.arrow-taken { fill: var(--tone, var(--accent)); }
.lanes { width: 100%; overflow: hidden; touch-action: pan-y; cursor: crosshair; border-radius: 4px; }
.queue .lanes { cursor: default; background: var(--sunk); }
.lanes .label { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.axis line { stroke: var(--line); stroke-dasharray: 2 3; }
.lanes rect { fill: var(--off-fill); }
.state text { fill: var(--ink); font-weight: 550; }
.state [data-name=open], .state [data-name=awaitingPong], .circuit [data-name=CLOSED] { fill: var(--good-fill); }
.state [data-name=awaitingPong] { stroke: var(--good); stroke-width: 1; }
.state [data-name=connecting], .state [data-name=closing], .circuit [data-name=HALF-OPEN] { fill: var(--busy-fill); }
.state [data-name=blocked], .state [data-name=failed], .circuit [data-name=OPEN] { fill: var(--bad-fill); }
.trips path { stroke: var(--busy); stroke-width: 2.5; stroke-linecap: round; }
.received path { fill: var(--good); } .sent path, .queued path { fill: var(--accent); }
.lanes .brush { fill: var(--accent); fill-opacity: .16; stroke: var(--accent); stroke-opacity: .6; pointer-events: none; }
.lanes .brush[width="0"] { display: none; }
.schedule { width: 100%; max-width: 460px; }
.schedule text { fill: var(--ink); }
.schedule .label { fill: var(--soft); }
.schedule .least { fill: var(--accent); }
.schedule .most { fill: var(--accent); opacity: .38; }
.schedule .opens .least, .schedule .opens .most { fill: var(--bad); }
.schedule .opens text { fill: var(--bad); }
`
