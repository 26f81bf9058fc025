import { type Check, wrong } from './check';
import { bodiesOf, type Resource } from './terraform';

/** Every table says its columns where BigQuery takes them. */
export const tableChecks: Check = (terraform) => terraform.of('google_bigquery_table').flatMap(placed);

/** https://github.com/hashicorp/terraform-provider-google/issues/15377 */
function placed(table: Resource) {
  const [source] = bodiesOf(table.body.external_data_configuration);
  if (source?.connection_id === undefined || source.schema === undefined) return [];
  return wrong(table, 'schema-misplaced', {
    problem:
      'a table that is read through a connection has its columns among the external data, where BigQuery refuses them',
    fix: 'move schema to the table itself',
  });
}
