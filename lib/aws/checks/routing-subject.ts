import type { PlannedName } from '../record-plan';
import type { Templates } from './templates';

/** The names of one path whose clients stay in their jurisdiction, as they were planned. */
export interface RoutingSubject {
  readonly templates: Templates;

  /** The name that clients know, by country. */
  readonly publicName: PlannedName;

  /** What that name leads to, and what those lead to. */
  readonly others: readonly PlannedName[];
}
