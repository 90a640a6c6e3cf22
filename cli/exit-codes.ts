/** What the command's exit code says: rclone's scheme, see README.md. */
export const EXIT = {
  done: 0,
  needsALook: 1,
  usage: 2,
  workLeft: 5,
  failures: 6,
  fatal: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_HELP = `
Exit codes:
  0  done
  1  ended, but something needs a look: differences found, conflicts kept
  2  the command line is wrong
  5  stopped or interrupted with work left: the same command goes on
  6  ended with final failures: see "orthanc-migrate failures"
  7  cannot begin or go on: a server, the state directory or the stack cannot be used`;
