import { killNodesUnderLoad } from './killed-nodes';

test('two killed nodes lose nothing that was acknowledged', () => killNodesUnderLoad(2), 120_000);
