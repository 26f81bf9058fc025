process.env.CDK_VALIDATION = 'false';

import { join } from 'node:path';
import { type App, type IPolicyValidationPlugin, Validations } from 'aws-cdk-lib';
import type * as nag from 'cdk-nag';
import { type Finding, readFindings } from './example-apps';

export const PACKS = ['AwsSolutions', 'NIST.800.53.R5', 'PCI.DSS.321', 'HIPAA.Security'];

/** Loaded where it is used: an example has an aws-cdk-lib of its own, which the packs must share. */
export function packsFor(app: App): IPolicyValidationPlugin[] {
  const { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } =
    require('cdk-nag') as typeof nag;
  return [AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, HIPAASecurityChecks].map((Pack) => new Pack(app));
}

/** What the packs find in an app. */
export function findingsOf(app: App): Finding[] {
  Validations.of(app).addPlugins(...packsFor(app));
  const report = jest.spyOn(console, 'error').mockImplementation();
  try {
    app.synth();
  } catch {
    // The report says what was found.
  } finally {
    report.mockRestore();
  }
  return readFindings(join(app.outdir, 'validation-report.json'));
}
