import type { EmittedEvent } from '../../shared/events/events.js';
import { describeAuthorizationServerEvent } from './describe-authorization-server-event.js';
import { describeResourceServerEvent } from './describe-resource-server-event.js';

/** What happened, in one line of plain words. The text may hold what a client sent: see `printable`. */
export function describeEvent(event: EmittedEvent): string {
  switch (event.kind) {
    case 'request.served':
      return `${event.method} ${event.path} → ${event.status}${event.reason ? ` (${event.reason})` : ''}`;
    case 'request.refused':
      return (
        `${event.method} ${event.path} refused: ${event.error}, ${event.description} (${event.reason})` +
        (event.detail === undefined ? '' : `: ${event.detail}`)
      );
    case 'server.fault':
      return `a fault of this server at ${event.path}: ${event.message}`;
    case 'rate_limit.reached':
      return (
        `rate limit ${event.limit} reached by ${event.address || 'requests without an address'}` +
        `${event.client_id === undefined ? '' : ` as client ${event.client_id}`}: ${event.most} ${event.counts} within` +
        ` ${event.seconds} s; answering 429 for ${event.retry_after} s`
      );
    case 'listener.refused':
      return describeListenerRefusal(event);
    case 'host.other_name':
      return `a request came for ${event.host}; it was served, but clients should use ${event.use_instead}`;
    case 'audit_log.failed':
      return `the audit log cannot be written to: ${event.message}; what is to be written waits, within bounds`;
    case 'audit_log.recovered':
      return `the audit log is written to again${event.lost === 0 ? ', and nothing is lacking' : `; ${event.lost} lines are lacking`}`;
    default:
      return (
        describeAuthorizationServerEvent(event) ??
        describeResourceServerEvent(event) ??
        'an event without a description'
      );
  }
}

function describeListenerRefusal(event: Extract<EmittedEvent, { kind: 'listener.refused' }>): string {
  const { address, status, reason, count, seconds } = event;
  const what = status === undefined ? 'connection' : 'request';
  const many =
    seconds === undefined
      ? `a ${what}`
      : `${count} more ${what}${count === 1 ? '' : 's'} within ${seconds} s`;
  const from = address === '' ? (seconds === undefined ? '' : ' from further addresses') : ` from ${address}`;
  return `${many}${from} refused by what listens${status === undefined ? '' : `: ${status}`} (${reason})`;
}
