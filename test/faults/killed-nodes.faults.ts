import { killNodesUnderLoad } from '../cli/killed-nodes';

test('twelve killed nodes lose nothing that was acknowledged', () => killNodesUnderLoad(12), 300_000);
