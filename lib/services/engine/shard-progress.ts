/**
 * How far one growing shard has been read. Its segments follow each other without a gap, so what comes next lies behind the last one of the unbroken
 * row from 0. An object that somebody put elsewhere is remembered, but never makes the reader skip what is still to come before it.
 */
export class ShardProgress {
  private end = 0;
  private last = -1;
  private readonly behind = new Map<number, number>();

  /** First entry of the last segment in the unbroken row from 0, or `undefined` before there is one. */
  public get lastFirst(): number | undefined {
    return this.last < 0 ? undefined : this.last;
  }

  /** Whether the segment with this first entry was read. Asked only of segments that lie behind `lastFirst`. */
  public has(first: number): boolean {
    return this.behind.has(first);
  }

  /**
   * Notes that a segment was read.
   *
   * @param count its entries; 0 when it is damaged, which ends the unbroken row
   */
  public read(first: number, count: number): void {
    if (first <= this.last) return;
    this.behind.set(first, count);
    for (let next = this.behind.get(this.end); next; next = this.behind.get(this.end)) {
      this.last = this.end;
      this.end += next;
    }
    for (const each of this.behind.keys()) if (each <= this.last) this.behind.delete(each);
  }
}
