import { rmSync } from 'node:fs';
import { App, BootstraplessSynthesizer, FileSystem, type StackProps } from 'aws-cdk-lib';

/** The sections of a template. */
export interface TemplateParts {
  readonly [section: string]: { readonly [name: string]: unknown };
}

const STACK_NAME = 'template';

/** The template of the stack that is made in an app of its own, whose output is gone afterwards. What would need bootstrapping is refused. */
export function synthesizeAlone(make: (app: App, props: StackProps) => void): TemplateParts {
  const outdir = FileSystem.mkdtemp('audit-log-template');
  try {
    const app = new App({ outdir, autoSynth: false, analyticsReporting: false, treeMetadata: false });
    make(app, { stackName: STACK_NAME, synthesizer: new BootstraplessSynthesizer() });
    return app.synth().getStackByName(STACK_NAME).template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
