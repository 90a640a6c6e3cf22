import type { Command } from 'commander';
import { UsageError } from '../../functions/core/errors.ts';
import { isOrthancId } from '../../functions/core/ids.ts';
import type { Selection } from '../../functions/core/job.ts';
import { parseDateRange } from './date-range.ts';
import { parseList } from './list.ts';

/** As commander gives them. */
export interface SelectionOptions {
  readonly study?: readonly string[];
  readonly patientId?: readonly string[];
  readonly modality?: readonly string[];
  readonly studyDate?: string;
  readonly label?: readonly string[];
}

/** A repeatable option: commander's own variadic options would swallow SOURCE and TARGET. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function addSelectionOptions(command: Command): Command {
  return command
    .optionsGroup('Selection (repeatable; lists with commas; @FILE with one value a line):')
    .option('--study <id>', 'Orthanc ID or StudyInstanceUID', collect)
    .option('--patient-id <id>', 'PatientID', collect)
    .option('--modality <name>', 'modality of series: CT, MR, …', collect)
    .option('--label <name>', 'label of studies (Orthanc 1.12 and later)', collect)
    .option('--study-date <from-to>', 'study dates, YYYYMMDD; either side may be missing');
}

/** Raises `UsageError`. */
export function parseSelection(options: SelectionOptions): Selection {
  const { study, patientId, modality, studyDate, label } = options;
  const studies = study && parseList('--study', study);
  // Not quoted: what was given by mistake may be a name.
  for (const [index, one] of (studies ?? []).entries())
    if (!isOrthancId(one) && !/^[0-9.]{1,64}$/.test(one))
      throw new UsageError(`--study: value ${index + 1} is neither an Orthanc ID nor a StudyInstanceUID`);
  return {
    ...(studies && { studies }),
    ...(patientId && { patientIds: parseList('--patient-id', patientId) }),
    ...(modality && { modalities: parseList('--modality', modality) }),
    ...(studyDate !== undefined && { studyDate: parseDateRange('--study-date', studyDate) }),
    ...(label && { labels: parseList('--label', label) }),
  };
}
