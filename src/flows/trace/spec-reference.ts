import * as z from 'zod';

/** A section of a specification. */
export const specReference = z.object({ title: z.string(), url: z.string() });
