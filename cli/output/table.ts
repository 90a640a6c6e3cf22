/** Columns two blanks apart; those whose title begins with # are numbers, to the right. */
export function tableLines(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const right = titles.map((title) => title.startsWith('#'));
  const shown = [titles.map((title) => title.replace('#', '')), ...rows];
  const widths = titles.map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  return shown.map((row) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** Breaks a text at blanks into lines of at most this width, each after this indentation. */
export function wrapped(text: string, indent: string, width = 100): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}
