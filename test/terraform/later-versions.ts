import type { Attribute, Block, NestedBlock } from './block';

const PROBE: Block = {
  attributes: ['period_seconds', 'timeout_seconds', 'failure_threshold', 'success_threshold'].map((name) =>
    optional(name, 'number'),
  ),
  blocks: [
    one('http_get', { attributes: [optional('path', 'string'), optional('port', 'number')], blocks: [] }),
    one('grpc', { attributes: [optional('port', 'number'), optional('service', 'string')], blocks: [] }),
  ],
};

const HEADER: Block = {
  attributes: [required('header_name', 'string'), required('header_value', 'string'), required('replace', 'bool')],
  blocks: [],
};

const HEADER_ACTION: Block = {
  attributes: [],
  blocks: [{ typeName: 'request_headers_to_add', block: HEADER, nesting: 'LIST', minItems: 0, maxItems: 0 }],
};

/**
 * What later versions of Google's provider have and the bindings' lacks, as far as this package uses it: by the path of the block that has it. Written from
 * https://registry.terraform.io/providers/hashicorp/google/8.5.0/docs/resources/cloud_run_v2_service, …/compute_region_url_map and
 * …/compute_region_backend_service.
 */
const ADDITIONS: Readonly<Record<string, Block>> = {
  google_cloud_run_v2_service: { attributes: [optional('default_uri_disabled', 'bool')], blocks: [] },
  'google_cloud_run_v2_service.template.containers': { attributes: [], blocks: [one('readiness_probe', PROBE)] },
  'google_compute_region_url_map.path_matcher': { attributes: [], blocks: [one('header_action', HEADER_ACTION)] },
  google_compute_region_backend_service: { attributes: [optional('security_policy', 'string')], blocks: [] },
};

/** The block as later versions have it. */
export function inLaterVersions(path: string, { attributes, blocks }: Block): Block {
  const added = ADDITIONS[path];
  return {
    attributes: [...attributes, ...(added?.attributes ?? [])],
    blocks: [
      ...blocks.map((each) => ({ ...each, block: inLaterVersions(`${path}.${each.typeName}`, each.block) })),
      ...(added?.blocks ?? []),
    ],
  };
}

type Primitive = 'string' | 'number' | 'bool';

function required(name: string, type: Primitive): Attribute {
  return { name, type, required: true, optional: false, computed: false };
}

function optional(name: string, type: Primitive): Attribute {
  return { name, type, required: false, optional: true, computed: true };
}

function one(typeName: string, block: Block): NestedBlock {
  return { typeName, block, nesting: 'LIST', minItems: 0, maxItems: 1 };
}
