import { rmSync } from 'node:fs';
import { App, BootstraplessSynthesizer, FileSystem, type StackProps } from 'aws-cdk-lib';

/** The sections of a template. */
export interface TemplateParts {
  readonly [section: string]: { readonly [name: string]: unknown };
}

/**
 * The template of the stack that is made in an app of its own, whose output is gone afterwards. What would need bootstrapping is refused.
 *
 * @param stackName begins the names of exports
 */
export function synthesizeAlone(stackName: string, make: (app: App, props: StackProps) => void): TemplateParts {
  const outdir = FileSystem.mkdtemp('audit-log-template');
  try {
    const app = new App({ outdir, autoSynth: false, analyticsReporting: false, treeMetadata: false });
    make(app, { stackName, synthesizer: new BootstraplessSynthesizer() });
    return app.synth().getStackByName(stackName).template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
