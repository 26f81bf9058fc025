import { EngineFixture } from './engine-fixture';

jest.mock('@duckdb/node-api', () => {
  throw new Error("Cannot find module '@duckdb/node-api'");
});

it('DuckDbEngine says what to install when DuckDB is not there', async () => {
  const fixture = await EngineFixture.make();
  await expect(fixture.open()).rejects.toMatchObject({
    code: 'engine-missing',
    message: expect.stringContaining('npm install @duckdb/node-api@1.5.5-r.5'),
  });
  await fixture.close();
});
