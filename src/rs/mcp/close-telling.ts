import type { Emit } from '../../shared/events/emitter.js';

/**
 * Closes what the author of an MCP server had a hand in. What their code throws meanwhile is told to the operator: nobody
 * waits for it, and it must not end the process.
 */
export async function closeTelling(what: { close(): Promise<void> }, emit: Emit): Promise<void> {
  try {
    await what.close();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    emit({ kind: 'server.fault', path: 'the end of an MCP server', message }, 'error');
  }
}
