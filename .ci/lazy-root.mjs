// Makes the package's root load each submodule only when it is used, so that the AWS constructs work without cdktf installed and the other way round.
import { readFileSync, writeFileSync } from 'node:fs';

const file = 'dist/lib/index.js';
const eager = /exports\.(\w+) = __importStar\(require\("(\.\/\w+)"\)\);/g;
const source = readFileSync(file, 'utf8');
const lazy = source.replace(
  eager,
  'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get: () => __importStar(require("$2")) });',
);
if (lazy === source && !source.includes('get: () => __importStar')) {
  throw new Error(`${file} has no submodule to make lazy: the compiler writes it in another way now`);
}
writeFileSync(file, lazy);
