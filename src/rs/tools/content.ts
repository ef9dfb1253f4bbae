/** For whom a piece of content is, and how much it matters. */
export interface ContentAnnotations {
  readonly audience?: readonly ('user' | 'assistant')[];
  /** from 0 (may be left out) to 1 (needed) */
  readonly priority?: number;
  /** ISO 8601 */
  readonly lastModified?: string;
}

interface Annotated {
  readonly annotations?: ContentAnnotations;
}

export interface TextContent extends Annotated {
  readonly type: 'text';
  readonly text: string;
}

/** A picture or a sound. */
export interface MediaContent extends Annotated {
  readonly type: 'image' | 'audio';
  /** base64 */
  readonly data: string;
  readonly mimeType: string;
}

/** Where a client can read more, with or without `resources/list` naming it. */
export interface ResourceLink extends Annotated {
  readonly type: 'resource_link';
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  /** bytes */
  readonly size?: number;
}

/** A resource with all that is in it: text, or bytes in base64. */
export interface EmbeddedResource extends Annotated {
  readonly type: 'resource';
  readonly resource: { readonly uri: string; readonly mimeType?: string } & (
    { readonly text: string } | { readonly blob: string }
  );
}

/**
 * One piece of what a tool answers.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-result MCP, tool result}
 */
export type ContentBlock = TextContent | MediaContent | ResourceLink | EmbeddedResource;
