const EVERY_MS = 100;

/** Shows how far a command is, on one line of the terminal; silent where standard error is no terminal. */
export class Progress {
  private shown = 0;
  private readonly isTerminal = process.stderr.isTTY === true;

  /** Replaces the line, at most ten times a second. */
  public show(line: string): void {
    const now = Date.now();
    if (this.isTerminal && now - this.shown >= EVERY_MS) {
      this.shown = now;
      process.stderr.write(`\r\u001b[K${line}`);
    }
  }

  /** Removes the line. */
  public clear(): void {
    if (this.isTerminal) {
      process.stderr.write('\r\u001b[K');
    }
  }

  /** Removes the line and prints one that stays. */
  public end(line: string): void {
    this.clear();
    process.stderr.write(`${line}\n`);
  }
}
