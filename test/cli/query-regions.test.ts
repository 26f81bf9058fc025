import { query } from '../../bin/commands/query';

const headers: Record<string, string> = { 'audit-complete-until': '2026-01-31T11:00:00.000Z' };

jest.mock('../../bin/commands/connection', () => ({
  connect: () => ({
    ask: async () => ({ status: 200, headers, body: Buffer.from('') }),
    close: () => {},
  }),
}));

async function told(): Promise<string> {
  const printed: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(printed.push(String(text))));
  try {
    await query({ url: 'https://localhost', data: '.audit-log' });
    return printed.join('');
  } finally {
    write.mockRestore();
  }
}

it('says up to when a search is complete', async () => {
  expect(await told()).toContain('complete for what was received before 2026-01-31T11:00:00.000Z\n');
});

it('says it of every region, where there are several', async () => {
  headers['audit-complete-until-regions'] = 'eu-1="2026-01-31T12:00:00.000Z", eu-2="2026-01-31T11:00:00.000Z"';
  expect(await told()).toContain(
    'before 2026-01-31T11:00:00.000Z (eu-1 2026-01-31T12:00:00.000Z, eu-2 2026-01-31T11:00:00.000Z)\n',
  );
});
