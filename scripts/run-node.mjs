import { spawn } from 'node:child_process';
import { node24 } from './node-modules.mjs';

/** Runs Node.js 24 in the place of this process: same streams, signals passed on; resolves with the exit code. */
export function runNode(args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node24, args, { stdio: 'inherit', ...options });
    // At a terminal the whole foreground group gets Ctrl-C already: passing it on would count as a second one.
    const onInterrupt = () => process.stdin.isTTY || child.kill('SIGINT');
    const onTerminate = () => child.kill('SIGTERM');
    const onHangUp = () => child.kill('SIGHUP');
    process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onHangUp);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onHangUp);
      if (signal) process.kill(process.pid, signal);
      resolve(code ?? 1);
    });
  });
}
