import { engineConformance } from '../../conformance/engine';
import { EngineFixture } from './engine-fixture';

engineConformance('DuckDbEngine', async () => {
  const fixture = await EngineFixture.make();
  const { store, clock } = fixture;
  return { engine: await fixture.open(), store, clock, close: () => fixture.close() };
});
