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

  /** Removes the line and prints a last one that stays. */
  public end(line: string): void {
    process.stderr.write(`${this.isTerminal ? '\r\u001b[K' : ''}${line}\n`);
  }
}
