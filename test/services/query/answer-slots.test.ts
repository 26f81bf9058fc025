import { AnswerSlots, answerBody } from '../../../lib/services/query/answer-slots';

describe('AnswerSlots', () => {
  it('has 16', () => {
    const slots = new AnswerSlots();
    for (let i = 0; i < 16; i++) slots.take();
    expect(() => slots.take()).toThrow(expect.objectContaining({ code: 'search-busy' }));
  });

  it('gives back one slot for one taken, however often it is released', () => {
    const slots = new AnswerSlots();
    const [first] = Array.from({ length: 16 }, () => slots.take());
    first?.release();
    first?.release();
    slots.take();
    expect(() => slots.take()).toThrow(expect.objectContaining({ code: 'search-busy' }));
  });
});

describe('answerBody', () => {
  afterEach(() => jest.useRealTimers());

  it.each([0, 1, 256 * 1024, 256 * 1024 + 1, 1024 * 1024])('gives all of %i bytes, then is done', async (size) => {
    const done = jest.fn();
    const bytes = Buffer.alloc(size, 'abc');
    const read = Buffer.from(await new Response(answerBody(bytes, done)).arrayBuffer());
    expect(read.equals(bytes)).toBe(true);
    expect(done).toHaveBeenCalled();
  });

  it('is done when the client goes away', async () => {
    const done = jest.fn();
    await answerBody(Buffer.alloc(1024 * 1024), done).cancel();
    expect(done).toHaveBeenCalled();
  });

  it('ends in an error when it is not read within 30 s', async () => {
    jest.useFakeTimers();
    const done = jest.fn();
    const reader = answerBody(Buffer.alloc(1024 * 1024), done).getReader();
    await reader.read();
    jest.advanceTimersByTime(29_999);
    expect(done).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(done).toHaveBeenCalled();
    await expect(reader.read()).rejects.toThrow('in time');
  });
});
