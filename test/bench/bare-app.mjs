// The resources of a cloud assembly again, written as bare CloudFormation: the least that an app of the CDK does to synthesize them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';

const assembly = process.env.BENCH_ASSEMBLY;
const app = new App();
for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
  const { Resources, Outputs = {} } = JSON.parse(readFileSync(join(assembly, file), 'utf8'));
  const stack = new Stack(app, file.split('.')[0]);
  for (const [id, { Type: type, Properties: properties, ...attributes }] of Object.entries(Resources)) {
    const resource = new CfnResource(stack, id, { type, properties });
    resource.overrideLogicalId(id);
    for (const [name, value] of Object.entries(attributes)) resource.addOverride(name, value);
  }
  for (const [id, { Value: value }] of Object.entries(Outputs)) new CfnOutput(stack, `Output${id}`, { value });
}
app.synth();
