/** What the live page has beside a report. */
export const LIVE_STYLE = `
body.live { max-width: 90rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
.live > header { margin-bottom: 1.25rem; }
.live > header p { margin-bottom: .25rem; }
.states { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; min-height: 1.55em; color: var(--quiet); }
#connection.live::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .45em; background: var(--good); border-radius: 50%; }
#connection.lost { color: var(--bad); font-weight: 600; }
.columns { display: grid; grid-template-columns: minmax(15rem, 20rem) minmax(0, 1fr); gap: 1.25rem; align-items: start; }
.live nav { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow: auto; padding: .25rem; margin: -.25rem; }
.live nav section { margin-bottom: 1rem; }
.live nav h2 { margin: 0 0 .5rem; font-size: 1rem; }
.live nav ul.list, .live nav ol.list { display: block; margin: 0 0 .6rem; padding: 0; list-style: none; }
.list a {
  display: block; margin-bottom: .35rem; padding: .5rem .7rem; color: inherit; text-decoration: none;
  background: var(--paper); border: 1px solid var(--line); border-left-width: 4px; border-radius: .5rem;
}
.list a:hover { border-color: var(--accent); }
.list a[aria-current] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.list a code { display: block; overflow: hidden; font-size: .78rem; white-space: nowrap; text-overflow: ellipsis; }
.live nav summary { margin-bottom: .5rem; color: var(--accent); font-size: .92rem; }
.clients .marks { float: right; margin: 0; }
.list .when { float: right; font-size: .82rem; }
.list .marks { margin-top: .15rem; font-size: .88rem; align-items: baseline; }
.state { padding: 0 .5rem; border-radius: 1rem; background: var(--step); font-size: .85rem; font-weight: 600; }
.state.good { background: var(--good-paper); color: var(--good); }
.state.bad { background: var(--bad-paper); color: var(--bad); }
.state.open { background: var(--accent); color: var(--paper); }
.find { display: flex; flex-wrap: wrap; gap: .35rem; font-size: .9rem; }
.find label { flex-basis: 100%; color: var(--quiet); }
.find input { flex: 1; min-width: 0; }
.live input, .live button {
  min-height: 2rem; padding: .2rem .6rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--quiet); border-radius: .4rem;
}
.live button { cursor: pointer; color: var(--accent); font-weight: 600; }
.live button:hover { background: var(--step); }
.live main:focus { outline: none; }
.live main > .piece > section {
  margin-bottom: 1.25rem; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
}
.live main > .piece > section.verdict.good { border-left-color: var(--good); }
.live main > .piece > section.verdict.bad { border-left-color: var(--bad); }
.live main > .piece > section.verdict.open { border-left-color: var(--accent); }
.live main > .piece:empty { display: none; }
.empty { text-align: center; }
.levers { display: grid; gap: 1rem; margin: 0; padding: 0; list-style: none; }
.levers > li { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: .35rem 1.25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.levers p, .levers ul, .notice p, .notice ul { margin-bottom: .35rem; }
.levers ul, .notice ul { font-size: .92rem; }
.levers button { width: 100%; text-align: left; }
.live button:disabled { color: var(--quiet); border-style: dashed; cursor: not-allowed; }
.live main > .piece > .notice.good { background: var(--good-paper); border-color: var(--good); color: inherit; }
.live main > .piece > .notice.warn { background: var(--warn-paper); border-color: var(--warn); color: inherit; }
.notice .quiet { color: inherit; }
.exports { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .9rem 0 0; padding: 0; list-style: none; font-size: .92rem; }
.meaning { color: var(--quiet); font-size: .95rem; }
.said { font-size: .92rem; }
.live .finding { margin: 0 0 .75rem; color: inherit; }
.live .finding h3 { margin-bottom: .35rem; }
.live .finding.bad h3 { color: var(--bad); }
.live .finding.warn h3 { color: var(--warn); }
.live .finding p:last-child { margin: 0; }
.live .finding a { color: var(--accent); }
@media (prefers-reduced-motion: no-preference) {
  .live.moving svg g, .live.moving .exchange, .live.moving .list li { animation: come .5s ease-out; }
  @keyframes come { from { background-color: var(--step); opacity: .2; } }
}
@media (max-width: 60rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .live nav { position: static; max-height: 45vh; padding: .6rem; margin: 0; border: 1px solid var(--line); border-radius: .75rem; }
  .live main > .piece > section { padding: 1.1rem .9rem; }
  .levers > li { grid-template-columns: minmax(0, 1fr); }
}
`;
