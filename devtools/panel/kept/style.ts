/** Owns how the views of what is kept are laid out: figures beside a table; on a narrow panel, above it. */

export const keptStyle = `
.kept { display: grid; grid-template-columns: minmax(230px, 1fr) minmax(0, 2.4fr); gap: 8px 24px; }
.kept .facts { border-top: 0; padding-top: 0; margin: 0 0 10px; }
.kept .meter { grid-template-columns: 72px minmax(50px, 1fr) 106px; }
.kept .meter .soft { text-align: right; }
.listed { display: flex; flex-direction: column; }
.table { flex: 1; display: flex; flex-direction: column; min-height: 190px; min-width: 0; }
.table .rows { flex: 1; height: auto; border-radius: 0 0 8px 8px; }
.titles { display: grid; gap: 14px; padding: 3px 11px; font-size: 12px; color: var(--soft); border: 1px solid var(--line); border-bottom: 0; border-radius: 8px 8px 0 0; background: var(--sunk); }
.table .row { gap: 14px; }
.titles > *, .table .row > * { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-width: 0; }
.table .status { color: var(--tone); font-weight: 600; }
.titles .status { color: inherit; font-weight: inherit; }
.table :is(.n, .size, .age, .left, .offset, .readers) { text-align: right; font-variant-numeric: tabular-nums; }
.outbox-table :is(.row, .titles) { grid-template-columns: 40px minmax(112px, .5fr) 64px 72px minmax(0, 1fr) 24px 24px; }
.table button { width: 24px; min-height: 24px; padding: 0; border: 0; color: var(--accent); background: none; font-size: 16px; }
.requests-table :is(.row, .titles) { grid-template-columns: 96px 80px 72px 72px 72px minmax(0, 1fr); }
.streams-table :is(.row, .titles) { grid-template-columns: minmax(90px, 1.4fr) 110px 84px minmax(60px, 1fr) 64px; }
@container panel (max-width: 760px) {
  .kept { grid-template-columns: minmax(0, 1fr); align-content: start; }
  .kept .table { height: 240px; }
}
@container panel (max-width: 480px) {
  .kept .meter { grid-template-columns: minmax(0, 1fr) auto; }
  .table :is(.row, .titles) { gap: 8px; }
  .outbox-table .size, .requests-table .left, .streams-table .epoch { display: none; }
  .outbox-table :is(.row, .titles) { grid-template-columns: 32px minmax(84px, .8fr) 62px minmax(0, 1fr) 24px 24px; }
  .requests-table :is(.row, .titles) { grid-template-columns: 76px 54px 56px 64px minmax(0, 1fr); }
  .streams-table :is(.row, .titles) { grid-template-columns: minmax(0, 1fr) 88px 64px 58px; }
}
`
