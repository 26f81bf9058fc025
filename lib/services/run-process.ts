import type { Environment } from './environment';
import { logToStderr } from './log';

/** Resolves when this process is asked to end. */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
  });
}

/** Runs a service with the settings of this process's environment, and ends the process with 0, or with 1 when it failed. */
export function runProcess(main: (env: Environment) => Promise<void>): void {
  main(process.env).then(
    () => process.exit(0),
    (error: unknown) => {
      logToStderr('error', 'failed', { message: error instanceof Error ? error.message : String(error) });
      process.exit(1);
    },
  );
}
