import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The texts in which a password could show up: itself, encoded for a URL or for JSON, and as HTTP sends it. */
export function formsOf(username: string, password: string): string[] {
  const basic = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  const escaped = JSON.stringify(password).slice(1, -1);
  return [...new Set([password, encodeURIComponent(password), encodeURI(password), escaped, basic])];
}

/** The files below a directory that hold one of these texts, in whichever encoding programs write texts. */
export async function tracesIn(directory: string, secrets: readonly string[]): Promise<string[]> {
  const needles = secrets.flatMap((secret) => [Buffer.from(secret, 'utf8'), Buffer.from(secret, 'utf16le')]);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  if (files.length === 0) throw new Error(`${directory} holds no files to look into`);
  const traces: string[] = [];
  for (const file of files) {
    const content = await readFile(file);
    if (needles.some((needle) => content.includes(needle))) traces.push(file);
  }
  return traces;
}

/** What everybody can see of the processes of this machine. */
export async function commandLines(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lines)).map((line) => line.replaceAll('\0', ' '));
}
