import { execFileSync } from 'node:child_process';

/** Bundles the services and the command line once before all tests: some tests run them as processes. */
export default function bundle(): void {
  execFileSync('npm', ['run', '--silent', 'bundle'], { stdio: 'inherit' });
}
