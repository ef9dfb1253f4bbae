/**
 * The capability of a server whose tools are fixed at its start. Both SDKs announce changes unless they are told that
 * there are none; to announce what never comes would keep clients listening.
 *
 * @param tools without any, the capability is absent
 */
export function toolsCapability(tools: readonly unknown[]): { tools?: { listChanged: false } } {
  return tools.length > 0 ? { tools: { listChanged: false } } : {};
}
