import { everyBit, isFound, type SmallLog, smallLog } from './flipped-bits';

const SAMPLES = 300;

/** The same sequence in every run: a linear congruential generator, https://en.wikipedia.org/wiki/Linear_congruential_generator */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) {
    yield state / 2 ** 32;
  }
}

describe('a flipped bit', () => {
  let log: SmallLog;

  beforeAll(async () => {
    log = await smallLog();
  });

  it('is no finding when there is none', async () => {
    expect((await log.verify()).findings).toEqual([]);
    expect((await log.verify()).summary).toMatchObject({ entries: 3, segments: 2, shards: 1, rootSize: 3 });
  });

  it('is found in samples of every object, and the object is named', async () => {
    const random = numbers(2);
    const samplesEach = Math.ceil(SAMPLES / log.store.objects.size);
    for (const [key, { length }] of [...log.store.objects]) {
      for (let sample = 0; sample < samplesEach; sample++) {
        const bit = { key, bit: Math.floor(random.next().value * length * 8) };
        expect({ ...bit, found: await isFound(log, bit) }).toEqual({ ...bit, found: true });
      }
    }
  });

  it('can be any of all bits of all objects', () => {
    const bytes = [...log.store.objects.values()].reduce((sum, { length }) => sum + length, 0);
    expect([...everyBit(log)]).toHaveLength(bytes * 8);
  });
});
