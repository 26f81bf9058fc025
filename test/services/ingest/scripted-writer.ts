import type { ObjectWriter, PutOutcome } from '../../../lib/services/ports';

/**
 * What a put does: an outcome; `landed` stores the object and says `unknown`; `throw` rejects; a promise lets the test decide when.
 */
export type Step = PutOutcome | 'landed' | 'throw' | Promise<PutOutcome>;

/** One call of `putOnce`. */
export interface Put {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** A store in memory that follows a script, for segments and for endorsements; without one it writes. */
export class ScriptedWriter implements ObjectWriter {
  public readonly puts: Put[] = [];
  public readonly objects = new Map<string, Buffer>();
  public readonly segmentSteps: Step[] = [];
  public readonly endorsementSteps: Step[] = [];
  /** What happens behind the end of the script. */
  public otherwise: Step = 'written';
  /** Puts that have not ended, at the same time, at most. */
  public mostInFlight = 0;
  private inFlight = 0;

  public async putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    this.puts.push({ key, bytes });
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      const step = (key.includes('/entries/') ? this.segmentSteps : this.endorsementSteps).shift() ?? this.otherwise;
      return await this.follow(step, key, bytes);
    } finally {
      this.inFlight--;
    }
  }

  public get segments(): Put[] {
    return this.puts.filter(({ key }) => key.includes('/entries/'));
  }

  public get endorsements(): Put[] {
    return this.puts.filter(({ key }) => key.includes('/shards/'));
  }

  private async follow(step: Step, key: string, bytes: Uint8Array): Promise<PutOutcome> {
    if (step === 'throw') {
      throw new Error('the store broke');
    }
    const outcome = await (step === 'landed' ? 'written' : step);
    if (outcome === 'written' && this.objects.has(key)) {
      return 'exists';
    }
    if (outcome === 'written') {
      this.objects.set(key, Buffer.from(bytes));
    }
    return step === 'landed' ? 'unknown' : outcome;
  }
}

/** A put that ends when the test says so. */
export function held(): { readonly step: Promise<PutOutcome>; readonly end: (outcome: PutOutcome) => void } {
  let end: (outcome: PutOutcome) => void = () => {};
  const step = new Promise<PutOutcome>((resolve) => {
    end = resolve;
  });
  return { step, end };
}
