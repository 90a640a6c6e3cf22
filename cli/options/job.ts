/** A job as it was given: an id, or the beginning or end of one; nothing stands for the newest. */
export function wantedJob(id: string | undefined): { readonly job?: string } {
  return id === undefined ? {} : { job: id };
}
