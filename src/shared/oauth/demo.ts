/**
 * What the resource server shows at the introspection endpoint in demo mode, so that the pair works without any
 * configuration. Known to everybody: worthless outside one's own machine, and not accepted there.
 */
export const DEMO_RS_CREDENTIALS = { id: 'demo-rs', secret: 'demo-rs-secret' } as const;

/** The scopes that the tools of `--scoped-tools` need. */
export const SCOPED_TOOLS_SCOPES = { whoami: 'profile', setClock: 'time:write' } as const;

/** What `--scoped-tools` brings along of a hierarchy: whoever may do anything with the time may set it. */
export const SCOPED_TOOLS_HIERARCHY = { time: [SCOPED_TOOLS_SCOPES.setClock] } as const;
