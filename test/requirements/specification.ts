import type { McpRevision } from '../../src/shared/oauth/revisions.js';

/** One rule that a specification puts on one of the two servers. */
export interface Requirement {
  /** `<specification>-<section>-<word>`, e.g. `rfc7636-4.6-compare`; tests cite it */
  readonly id: string;
  readonly section: string;
  /** what MUST NOT, SHALL and REQUIRED say is a MUST; what RECOMMENDED says is a SHOULD */
  readonly level: 'MUST' | 'SHOULD';
  /** in our own words */
  readonly text: string;
  /** the first revision of MCP that asks for it; absent: all */
  readonly since?: McpRevision;
  /** the last revision of MCP that asks for it; absent: it is still asked for */
  readonly until?: McpRevision;
  /** where the section is, if not at the specification's `url` followed by `section` */
  readonly link?: string;
}

/** A rule for something that this server does not offer, so that there is nothing a test could show. */
export interface NotApplicable {
  readonly section: string;
  /** the rule, in our own words */
  readonly text: string;
  /** why it does not bind this server, in a phrase */
  readonly why: string;
}

/** A specification and what it asks of a server, in the order in which it does. */
export interface Specification {
  /** as it is cited, e.g. `RFC 7636` */
  readonly name: string;
  readonly title: string;
  /** what stands before the section in a link, e.g. `https://www.rfc-editor.org/rfc/rfc7636#section-` */
  readonly url: string;
  readonly requirements: readonly Requirement[];
  readonly notApplicable?: readonly NotApplicable[];
}

/** One of the two servers, and the specifications that put rules on it. */
export interface Role {
  readonly role: 'authorization server' | 'resource server';
  readonly specifications: readonly Specification[];
}
