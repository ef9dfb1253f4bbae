import { Flags } from '@oclif/core';
import type { TlsFlags } from '../tls.js';

/** How what is sent is kept from others; `all` has one of each for both servers. */
export const transportFlags = {
  'tls-cert': Flags.string({
    helpValue: '<file.pem>',
    description: 'serve https with this certificate (PEM, with those that signed it, if any, after it)',
    helpGroup: 'PLACE',
  }),
  'tls-key': Flags.string({
    helpValue: '<file.pem>',
    description: 'the private key of --tls-cert (PEM, not encrypted)',
    helpGroup: 'PLACE',
  }),
  'insecure-http': Flags.boolean({
    description: 'let others than this machine come by plain http, which whoever is in between can read',
    helpGroup: 'PLACE',
  }),
};

/** Who else stands on the way to a server; `all` has one of each for both servers. */
export const clientFlags = {
  'trust-proxy': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '<address>',
    description:
      'proxy in front whose X-Forwarded-For is believed: loopback, an address or a network as 10.0.0.0/8, several' +
      ' separated by commas; repeatable; ends demo mode',
    helpGroup: 'PLACE',
  }),
  'rate-limit': Flags.boolean({
    allowNo: true,
    description: 'limit requests by the address that they come from; on unless in demo mode',
    helpGroup: 'PLACE',
  }),
};

/** How a process stops; `all` has one of each for both servers. */
export const stopFlags = {
  'drain-seconds': Flags.integer({
    default: 0,
    min: 0,
    max: 3600,
    helpValue: '<n>',
    description:
      'once asked to stop, go on for so long with /readyz at 503, until the load balancer in front has noticed',
    helpGroup: 'PLACE',
  }),
};

/** What {@link clientFlags} come to. */
export interface ClientFlags {
  readonly 'trust-proxy'?: readonly string[] | undefined;
  readonly 'rate-limit'?: boolean | undefined;
}

/** What they say of the options of a server. */
export function clientOptions({ 'rate-limit': rateLimit }: ClientFlags): { readonly rateLimit?: boolean } {
  return rateLimit === undefined ? {} : { rateLimit };
}

/** Where a server listens, and under which URL clients reach it. */
export function placeFlags(defaultPort: number) {
  return {
    port: Flags.integer({
      default: defaultPort,
      min: 0,
      max: 65535,
      description: 'port to listen on; 0 takes a free one',
      helpGroup: 'PLACE',
    }),
    host: Flags.string({
      default: 'localhost',
      description: 'host name or address to listen on; localhost is 127.0.0.1 and ::1',
      helpGroup: 'PLACE',
    }),
    'public-url': Flags.string({
      description: 'URL under which clients reach it, behind a tunnel or reverse proxy; ends demo mode',
      helpGroup: 'PLACE',
    }),
    ...transportFlags,
    ...clientFlags,
    ...stopFlags,
    'allow-origin': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'origin of a web page that may call it, beside those on this machine; repeatable',
      helpGroup: 'PLACE',
    }),
  };
}

/** What the flags of a place come to. */
export interface PlaceFlags extends TlsFlags, ClientFlags {
  readonly port: number;
  readonly host: string;
  readonly 'public-url'?: string | undefined;
  readonly 'insecure-http': boolean;
}
