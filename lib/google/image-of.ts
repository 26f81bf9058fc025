import { AuditLogError } from '../policy/errors';
import type { CloudRunOptions } from './cloud-run-options';
import type { GoogleDeployment } from './google-deployment';

/**
 * The image that a container runs.
 *
 * @throws image-missing
 */
export function imageOf(deployment: GoogleDeployment, options: CloudRunOptions = {}): string {
  const image = options.image ?? deployment.image;
  if (image !== undefined) return image;
  throw new AuditLogError('image-missing', {
    problem: 'nothing says which container image the service runs',
    fix: 'give the image in the deployment or to the target; WriteTarget.cloudFunction() needs none',
  });
}
