import type { Resource } from './resource';

/** An invariant, and where templates break it. It knows nothing but what it is given. */
export interface Check<Subject> {
  /** Stable name in kebab-case. It is acknowledged as `AuditLogChecks::<id>`. */
  readonly id: string;

  /** What must hold. */
  readonly text: string;

  /** Where the reason is documented. */
  readonly docs: string;

  /** Every place that breaks it; none if it holds. */
  readonly breaches: (subject: Subject) => Breach[];
}

/** A place in a template. */
export interface Breach {
  readonly resource: Resource;

  /** Path below the resource, such as `Properties.VersioningConfiguration`. */
  readonly location: string;
}

/** A breach of one property. */
export function breach(resource: Resource, property: string): Breach {
  return { resource, location: `Properties.${property}` };
}

/** A breach of one property unless something holds. */
export function unless(holds: boolean, resource: Resource, property: string): Breach[] {
  return holds ? [] : [breach(resource, property)];
}
