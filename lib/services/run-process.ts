import type { Environment } from './environment';
import { logToStderr } from './log';

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
