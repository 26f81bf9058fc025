import type { AuditLogPolicy, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { IWormBucket } from './i-worm-bucket';
import type { Replication } from './replication';
import type { WormEncryption } from './worm-encryption';

interface ReplicatedArchive {
  readonly policy: AuditLogPolicy;
  readonly region: Region;
  readonly encryption?: WormEncryption;
  readonly bucket?: IWormBucket;
  readonly replication?: Replication;
}

/**
 * Refuses a replication that does not fit an archive.
 *
 * @throws region-mismatch, replication-across-jurisdictions, replication-of-adopted-bucket, replication-of-own-key
 */
export function checkReplication(archive: ReplicatedArchive): void {
  const { replication } = archive;
  if (replication === undefined) return;
  checkRegion(archive.region, replication);
  checkJurisdictions(archive, replication);
  if (replication.destinations.length === 0) return;
  checkBucket(archive);
}

function checkRegion(region: Region, replication: Replication): void {
  if (replication.region.name === region.name) return;
  throw new AuditLogError('region-mismatch', {
    problem: 'the replication is of another region than the archive',
    given: replication.region.name,
    allowed: region.name,
    fix: 'compute it for the region of the archive: Replication.withinJurisdiction',
  });
}

/** It may have been computed from another policy than the archive's. */
function checkJurisdictions({ policy, region }: ReplicatedArchive, { destinations, sources }: Replication): void {
  const within = policy.regions
    .filter(({ jurisdiction }) => jurisdiction === region.jurisdiction)
    .map(({ name }) => name);
  const beyond = [...destinations, ...sources].find((each) => !within.includes(each.region.name));
  if (beyond === undefined) return;
  throw new AuditLogError('replication-across-jurisdictions', {
    problem: 'records would be copied to a region that the policy does not have in the same jurisdiction',
    given: beyond.region.name,
    allowed: `a region of ${region.jurisdiction}: ${within.join(', ')}`,
    fix: 'compute the replication from the policy of the archive: Replication.withinJurisdiction',
  });
}

function checkBucket({ bucket, encryption }: ReplicatedArchive): void {
  if (bucket !== undefined) {
    throw new AuditLogError('replication-of-adopted-bucket', {
      problem: 'replication is configured on the bucket that is copied from, and this archive does not make it',
      given: bucket.node.path,
      fix: 'let the archive make the bucket, or leave replication out and have the owner of the bucket configure it',
    });
  }
  if (encryption?.key === undefined) return;
  throw new AuditLogError('replication-of-own-key', {
    problem: 'records under a KMS key of yours would need another key of yours in every region that they are copied to',
    given: encryption.key.node.path,
    fix: 'encrypt with keys of S3 (WormEncryption.s3Managed), or leave replication out',
  });
}
