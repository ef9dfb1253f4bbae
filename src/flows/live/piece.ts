import { createHash } from 'node:crypto';
import { html, type Markup } from '../render/html/markup.js';

/** Where on the page pieces stand, one below the other. */
export const SLOTS = ['notes', 'clients', 'flows', 'flow'] as const;
/** One of {@link SLOTS}. */
export type Slot = (typeof SLOTS)[number];

/** A part of the page that is sent anew as a whole when something in it changes. */
export interface Piece {
  readonly slot: Slot;
  /** of its element; no other piece of the page has it */
  readonly id: string;
  readonly content: Markup;
}

/** A piece as it goes out. */
export interface SentPiece {
  readonly slot: Slot;
  readonly id: string;
  /** another one when its content is another */
  readonly version: string;
  readonly html: string;
}

/** Puts a piece into its element, by which the page's script knows it. */
export function sentPiece({ slot, id, content }: Piece): SentPiece {
  const version = createHash('sha256').update(content.markup).digest('base64url').slice(0, 12);
  const element = html`<div class="piece" id="${id}" data-version="${version}">${content}</div>`;
  return { slot, id, version, html: element.markup };
}
