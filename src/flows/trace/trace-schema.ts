import * as z from 'zod';
import { flowDocument } from './trace.js';

/**
 * The JSON Schema of the trace, for programs that are not written in JavaScript. It allows members that it does not name,
 * since members are added over time.
 *
 * @see {@link https://json-schema.org/draft/2020-12/schema JSON Schema 2020-12}
 */
export function traceSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(flowDocument, { target: 'draft-2020-12', io: 'input' });
  return {
    $schema,
    $id: 'urn:mcp-oauth-demo:trace:1',
    title: 'The trace of an MCP authorization flow',
    description: 'What mcp-oauth-demo inspect-flow --json writes. docs/trace.md says what each member means.',
    ...rest,
  };
}
