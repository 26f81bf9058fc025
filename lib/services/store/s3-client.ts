import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Location } from './s3-url';

/** A client for a location. */
export function s3Client({ region, endpoint }: S3Location, settings: S3ClientConfig): S3Client {
  return new S3Client({
    ...settings,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
}
