/** One mistake in the configuration: where, what is wrong, what to do. */
export interface Problem {
  /** As in `endpoints.old.secret`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

/** The configuration is wrong: all its mistakes at once. Exit code 2. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => (path === '' ? `  ${message}` : `  ${path}: ${message}`));
    super([`${file}: ${count(problems.length)}, nothing was synthesised`, ...lines].join('\n'));
    this.problems = problems;
  }
}

function count(number: number): string {
  return number === 1 ? '1 mistake' : `${number} mistakes`;
}
