/**
 * What the resource server shows at the introspection endpoint in demo mode, so that the pair works without any
 * configuration. Known to everybody: worthless outside one's own machine, and not accepted there.
 */
export const DEMO_RS_CREDENTIALS = { id: 'demo-rs', secret: 'demo-rs-secret' } as const;
