import { AuditLogError } from '../../policy/errors';
import { JURISDICTION_HEADER } from './config';
import type { Identify } from './identify';

/**
 * Identifies only senders of requests that the firewall has marked as coming from the jurisdiction. The mark shows that the firewall was there, and not
 * more: who goes around it, or may change it, can set the header as well.
 *
 * Whoever gets here without the mark met no firewall, which would have refused them for good: services answer 503, so that writers send again what they have
 * when it is back.
 *
 * @param jurisdiction such as `EU`; left out, requests may come from anywhere
 */
export function fromJurisdiction(jurisdiction: string | undefined, identify: Identify): Identify {
  if (jurisdiction === undefined) return identify;
  return async (header) => {
    if (header(JURISDICTION_HEADER) === jurisdiction) return identify(header);
    throw new AuditLogError('jurisdiction-unproved', {
      problem: `nobody proves that this request comes from ${jurisdiction}, to which this region keeps its clients`,
      fix: "send it to the public name of the log from there; if you did, the log's firewall is missing",
    });
  };
}
