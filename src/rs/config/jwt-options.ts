import * as z from 'zod';
import { SIGNATURE_ALGORITHMS } from '../../shared/oauth/signature-algorithms.js';

/** RFC 9068 §4 speaks of a few minutes. */
const MAX_CLOCK_TOLERANCE_SECONDS = 300;

const mediaType = z
  .string()
  .regex(/^(?:application\/)?[A-Za-z0-9!#$&^_.+-]+$/i, 'is not the type of a JWT, as in JWT or at+jwt');

const algorithm = z.enum(
  SIGNATURE_ALGORITHMS,
  `must be one of ${SIGNATURE_ALGORITHMS.join(', ')}: with these, only who issues tokens can sign them`,
);

/** What the options for JWTs must be, and the defaults of those that have one whatever else is set. */
export const JWT_OPTIONS = {
  acceptedTypes: z.array(mediaType).default([]),
  acceptedAlgorithms: z.array(algorithm).min(1, 'must name one at least').optional(),
  clockToleranceSeconds: z
    .number()
    .int('must be whole seconds')
    .min(0, 'must not be negative')
    .max(MAX_CLOCK_TOLERANCE_SECONDS, `must be ${MAX_CLOCK_TOLERANCE_SECONDS} seconds at most`)
    .default(5),
};
