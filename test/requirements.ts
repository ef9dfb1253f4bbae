import { clientIdMetadataDocument } from './requirements/client-id-metadata-document.js';
import { mcp } from './requirements/mcp.js';
import { oauth21 } from './requirements/oauth-2.1.js';
import { rfc6750 } from './requirements/rfc6750.js';
import { rfc7009 } from './requirements/rfc7009.js';
import { rfc7523 } from './requirements/rfc7523.js';
import { rfc7591 } from './requirements/rfc7591.js';
import { rfc7592 } from './requirements/rfc7592.js';
import { rfc7636 } from './requirements/rfc7636.js';
import { rfc7662 } from './requirements/rfc7662.js';
import { rfc8252 } from './requirements/rfc8252.js';
import { rfc8414 } from './requirements/rfc8414.js';
import { rfc8707 } from './requirements/rfc8707.js';
import { rfc9068 } from './requirements/rfc9068.js';
import { rfc9207 } from './requirements/rfc9207.js';
import { rfc9700 } from './requirements/rfc9700.js';

/** What every specification asks of the authorization server; `docs/compliance.md` is written from it. */
export const SPECIFICATIONS = [
  mcp,
  oauth21,
  rfc6750,
  rfc7009,
  rfc7523,
  rfc7591,
  rfc7592,
  rfc7636,
  rfc7662,
  rfc8252,
  rfc8414,
  rfc8707,
  rfc9068,
  rfc9207,
  rfc9700,
  clientIdMetadataDocument,
] as const;

export type RequirementId = (typeof SPECIFICATIONS)[number]['requirements'][number]['id'];
