/** The look of all pages, light and dark, from a phone of 320 pixels upwards. */
export const STYLE = `
:root {
  --ink: #1b1f24; --quiet: #57606a; --paper: #ffffff; --desk: #f2f4f7; --line: #d0d7de;
  --accent: #0b57a4; --on-accent: #ffffff; --note: #fff4d6; --note-line: #c99700; --bad: #a3151f; --bad-paper: #fdecec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ebef; --quiet: #a3adb8; --paper: #1c2128; --desk: #12161b; --line: #3b434d;
    --accent: #7cb8f7; --on-accent: #0d1a29; --note: #332a10; --note-line: #b58c1c; --bad: #ff9a9f; --bad-paper: #3a1a1d;
  }
}
* { box-sizing: border-box; }
html { background: var(--desk); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 1rem; min-height: 100vh; background: var(--desk); overflow-wrap: anywhere; }
main {
  max-width: 34rem; margin: 4vh auto 1rem; padding: 1.75rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: .75rem;
}
@media (max-width: 30rem) { main { margin-top: 0; padding: 1.25rem; } }
footer { max-width: 34rem; margin: 0 auto; text-align: center; color: var(--quiet); font-size: .85rem; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; }
p, ul { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
li { margin-bottom: .35rem; }
code { display: inline-block; max-width: 100%; font-family: ui-monospace, monospace; font-size: .9em; }
code, strong { unicode-bidi: isolate; }
dl { margin: 0 0 1.25rem; border-top: 1px solid var(--line); }
dl > div { padding: .6rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; }
dd ul { margin: 0; list-style: disc; }
label { display: block; margin-bottom: 1rem; font-weight: 600; }
input {
  display: block; width: 100%; margin-top: .3rem; padding: .6rem .7rem; font: inherit; font-weight: 400;
  color: var(--ink); background: var(--paper); border: 1px solid var(--quiet); border-radius: .4rem;
}
button {
  padding: .65rem 1.4rem; font: inherit; font-weight: 600; cursor: pointer; border-radius: .4rem;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent);
}
a { color: var(--accent); }
button.link {
  padding: .15rem 0; font-weight: 400; text-align: left; color: var(--accent); background: none; border-color: transparent;
  text-decoration: underline;
}
button.second { color: var(--ink); background: var(--paper); border-color: var(--quiet); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
.note { padding: .7rem .9rem; background: var(--note); border-left: 4px solid var(--note-line); border-radius: .3rem; }
.bad { padding: .7rem .9rem; color: var(--bad); background: var(--bad-paper); border-left: 4px solid var(--bad); border-radius: .3rem; }
.good { padding: .7rem .9rem; background: var(--desk); border-left: 4px solid var(--accent); border-radius: .3rem; }
.quiet { color: var(--quiet); }
.aside { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .4rem; margin-top: 1.25rem; font-size: .9rem; }
.entries { list-style: none; padding: 0; }
.entries > li { margin: 0 0 2rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pages { display: flex; justify-content: space-between; margin-bottom: 1.5rem; }
`;
