import { ENV } from '../../../functions/environment.ts';

/** The least that the environment of a function holds. */
export function settingsVariables(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    [ENV.stack]: 'pacs-move',
    [ENV.table]: 'jobs',
    [ENV.evidenceBucket]: 'evidence',
    [ENV.enumerateQueue]: 'https://q/enumerate',
    [ENV.transferQueue]: 'https://q/transfer',
    [ENV.importQueue]: 'https://q/import',
    [ENV.deadLetterQueue]: 'https://q/dead',
    [ENV.endpoints]: JSON.stringify({
      pacs: { secret: 'arn:pacs', url: 'https://pacs/', worker: true },
      archive: { secret: 'arn:archive' },
    }),
    [ENV.largestInstance]: '1073741824',
    [ENV.containers]: '4',
    ...more,
  };
}
