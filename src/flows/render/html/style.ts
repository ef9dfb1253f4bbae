/** The look of the page: that of the sign-in pages of our authorization server, for a report; light, dark and on paper. */
export const STYLE = `
:root {
  --ink: #1b1f24; --quiet: #57606a; --paper: #ffffff; --desk: #f2f4f7; --line: #d0d7de; --accent: #0b57a4;
  --good: #14662e; --good-paper: #e6f4ea; --warn: #7a4b00; --warn-paper: #fff4d6; --bad: #a3151f; --bad-paper: #fdecec;
  --step: #e7edf4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ebef; --quiet: #a3adb8; --paper: #1c2128; --desk: #12161b; --line: #3b434d; --accent: #7cb8f7;
    --good: #7ddb97; --good-paper: #15301e; --warn: #f0c35e; --warn-paper: #332a10; --bad: #ff9a9f; --bad-paper: #3a1a1d;
    --step: #29313b;
  }
}
* { box-sizing: border-box; }
html { background: var(--desk); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 66rem; padding: 2rem 1.25rem; background: var(--desk); overflow-wrap: anywhere; }
h1, h2, h3, h4, p, li, dd, td, th, summary, code, pre { unicode-bidi: isolate; }
h1 { margin: .1rem 0 .4rem; font-size: 1.6rem; line-height: 1.25; }
h1 code { font-size: inherit; font-weight: 600; }
h2 { margin: 0 0 .9rem; font-size: 1.25rem; line-height: 1.3; }
h3 { margin: 0; font-size: 1.05rem; line-height: 1.4; }
h4 { margin: 0 0 .35rem; font-size: .8rem; color: var(--quiet); text-transform: uppercase; letter-spacing: .05em; }
p { margin: 0 0 .75rem; }
ul, ol { margin: 0 0 .9rem; padding-left: 1.25rem; }
a { color: var(--accent); text-underline-offset: .15em; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem; }
.eyebrow { margin: 0; font-size: .85rem; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet); }
.quiet { color: var(--quiet); }
.good { color: var(--good); }
.warn { color: var(--warn); }
.bad { color: var(--bad); }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; margin: 1rem 0 1.5rem; padding: 0; list-style: none; }
main > section {
  margin-bottom: 1.5rem; padding: 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
}
footer { font-size: .85rem; color: var(--quiet); }

.verdict { border-left-width: 6px !important; }
.verdict.good { border-left-color: var(--good); color: var(--ink); }
.verdict.bad { border-left-color: var(--bad); color: var(--ink); }
.outcome { margin-bottom: .5rem; font-size: 1.15rem; font-weight: 600; }
.verdict.good .outcome { color: var(--good); }
.verdict.bad .outcome { color: var(--bad); }
dl { margin: .75rem 0 0; }
dl > div { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 0 1rem; padding: .45rem 0; border-top: 1px solid var(--line); }
dt { color: var(--quiet); font-size: .9rem; }
dd { margin: 0; }

figure { margin: 0 0 1rem; }
svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }
svg.narrow { display: none; }
svg text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--ink); direction: ltr; unicode-bidi: isolate; }
svg text.party { font: 600 14px system-ui, sans-serif; }
svg text.step { font: 600 13px system-ui, sans-serif; }
svg text.label, svg text.more { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
svg text.more { font-size: 11px; fill: var(--quiet); }
svg .lane { stroke: var(--line); stroke-width: 1.5; }
svg rect.step { fill: var(--step); }
svg rect.step.failed { fill: var(--bad-paper); stroke: var(--bad); }
svg .message line, svg .message path { stroke: var(--accent); stroke-width: 1.6; fill: none; }
svg .message path.head { fill: var(--accent); stroke: none; }
svg .message.response line { stroke-dasharray: 5 4; }
svg .message.refused line, svg .message.refused path { stroke: var(--warn); }
svg .message.refused path.head { fill: var(--warn); }
svg .message.error line, svg .message.error path { stroke: var(--bad); }
svg .message.error path.head { fill: var(--bad); }
svg .message.refused text.label { fill: var(--warn); }
svg .message.error text.label { fill: var(--bad); }
svg .hit { fill: transparent; }
svg a { text-decoration: none; }
svg a:hover .hit, svg a:focus-visible .hit { fill: var(--step); }
svg .note rect { fill: var(--step); stroke: var(--line); }
svg .note.ok rect { fill: var(--good-paper); stroke: var(--good); }
svg .note.refused rect { fill: var(--warn-paper); stroke: var(--warn); }
svg .note.error rect { fill: var(--bad-paper); stroke: var(--bad); }

.ways { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .75rem; padding: 0; list-style: none; }
.ways li { padding: .8rem .9rem; border: 1px solid var(--line); border-radius: .5rem; }
.ways li.taken { border: 2px solid var(--accent); }
.ways p { margin: .3rem 0 0; font-size: .92rem; }
.marks { display: flex; flex-wrap: wrap; gap: .2rem .5rem; }
.mark { padding: 0 .5rem; font-size: .85rem; background: var(--step); border-radius: 1rem; }

section.step { padding: 1.25rem 0; border-top: 1px solid var(--line); }
#steps > section.step:first-of-type { border-top: 0; padding-top: 0; }
.number {
  display: inline-block; min-width: 1.7rem; margin-right: .3rem; text-align: center; background: var(--step);
  border-radius: 1rem; font-size: .95rem;
}
section.step.failed .number { color: var(--bad); background: var(--bad-paper); }
.purpose { margin: .15rem 0 .9rem; color: var(--quiet); }
.decision { padding-left: .9rem; border-left: 3px solid var(--line); }
.spec { font-size: .9em; }
.finding { padding: .5rem .8rem; border-radius: .4rem; }
.finding + .finding { margin-top: .6rem; }
.finding.bad { background: var(--bad-paper); }
.finding.warn { background: var(--warn-paper); }
.finding a { color: inherit; }
.ending { margin: .9rem 0 0; font-weight: 600; }
.ending .quiet { font-weight: 400; }
.exchange { margin: 0 0 .9rem; padding: .8rem .9rem; border: 1px solid var(--line); border-radius: .5rem; scroll-margin-top: 1rem; }
.exchange p { margin: 0 0 .25rem; }
.exchange:target, section.step:target > h3, .checks li:target { outline: 3px solid var(--accent); outline-offset: 3px; }
.status { padding: 0 .5rem; border-radius: 1rem; font-weight: 600; }
.status.good { background: var(--good-paper); }
.status.warn { background: var(--warn-paper); }
.status.bad { background: var(--bad-paper); }
summary { cursor: pointer; }
.exchange summary, .words summary { color: var(--accent); font-size: .92rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin-top: .75rem; }
.sides > div { min-width: 0; }
.headers, .parameters {
  margin: 0 0 .6rem; padding: 0; list-style: none;
  font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
.parameters { padding: .5rem .7rem; background: var(--desk); border-radius: .4rem; }
.headers li, .parameters li { padding-left: 1.2rem; text-indent: -1.2rem; }
.name { color: var(--accent); }
pre {
  margin: 0 0 .6rem; padding: .7rem; max-height: 32rem; overflow: auto; white-space: pre-wrap; font-size: .85rem; line-height: 1.5;
  background: var(--desk); border-radius: .4rem;
}

.filter { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; margin: 0 0 1rem; padding: 0; border: 0; }
.filter legend { float: left; margin-right: 1.1rem; padding: 0; color: var(--quiet); }
.filter label { min-height: 1.6rem; cursor: pointer; }
.filter input { width: 1.1rem; height: 1.5rem; margin: 0 .2rem 0 0; vertical-align: middle; accent-color: var(--accent); }
.checks { padding: 0; list-style: none; }
.checks > li { border-top: 1px solid var(--line); }
.checks summary { padding: .5rem 0; }
.checks dl { margin: 0 0 .8rem 1.2rem; }
.checks dl > div { padding: .1rem 0; border: 0; grid-template-columns: 5rem minmax(0, 1fr); }
.level { font-size: .8rem; font-weight: 600; color: var(--quiet); }
#checks:has(#show-fail:checked) .checks > li:not(.fail), #checks:has(#show-warn:checked) .checks > li:not(.warn),
#checks:has(#show-pass:checked) .checks > li:not(.pass), #checks:has(#show-skip:checked) .checks > li:not(.skip) { display: none; }
.checks > li.warn, .checks > li.fail, .checks > li.pass, .checks > li.skip { color: inherit; }

table { width: 100%; border-collapse: collapse; }
th, td { padding: .55rem .75rem .55rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; }
th { font-weight: 600; font-size: .9rem; color: var(--quiet); white-space: nowrap; }
dd ul { margin: 0; padding: 0; list-style: none; }
td ul { margin: 0; padding-left: 1.1rem; font-size: .92rem; }
td p { margin: .2rem 0 0; font-size: .92rem; }
mark { padding: 0 .1em; color: var(--bad); background: var(--bad-paper); outline: 1.5px solid var(--bad); border-radius: .15em; font-weight: 700; }

@media (max-width: 44rem) {
  body { padding: 1.25rem .75rem; }
  main > section { padding: 1.1rem .9rem; }
  h1 { font-size: 1.25rem; }
  svg.wide { display: none; }
  svg.narrow { display: block; width: 100%; }
  dl > div { grid-template-columns: minmax(0, 1fr); }
  table, thead, tbody, tr, th, td { display: block; }
  thead { display: none; }
  tbody th { padding: .55rem 0 0; }
  tbody td { border-top: 0; padding: .15rem 0 .35rem; }
}
@media print {
  :root { --ink: #000; --quiet: #444; --paper: #fff; --desk: #fff; --line: #bbb; --accent: #0b57a4; --step: #eee; }
  body { max-width: none; padding: 0; }
  main > section { padding: 0; border: 0; }
  nav, .filter { display: none; }
  .exchange, .checks > li, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  pre { max-height: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
