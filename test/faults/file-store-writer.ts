import { FileStore } from '../../lib/services/store/file';

/** Puts 60 objects and prints how each put ended. Arguments: root of the store, a number below 256 that fills the objects. */
async function main(): Promise<void> {
  const [root, writer] = process.argv.slice(2) as [string, string];
  const store = await FileStore.open(root);
  for (let index = 0; index < 60; index++) {
    const key = `a/${index % 7}/${index}`;
    console.log(`${key} ${await store.putOnce(key, Buffer.alloc(100_000, Number(writer)))}`);
  }
}

void main();
