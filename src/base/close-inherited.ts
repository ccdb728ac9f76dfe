import { closeSync, fstatSync, readdirSync } from 'node:fs';

const STANDARD_MAX = 2;

/**
 * Closes the files that this process inherited from the one that started it; to be called first of all. Libraries open files
 * (LMDB the journal's) in a way that hands them on to every process that is started later, and a process that runs somebody else's SQL or
 * code should not hold them. Linux only; does nothing elsewhere.
 */
export function closeInheritedFiles(): void {
  for (const descriptor of openDescriptors()) if (isFile(descriptor)) closeSync(descriptor);
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(Number)
      .filter((descriptor) => descriptor > STANDARD_MAX);
  } catch {
    // No such folder, or no right to read it: nothing is known of what was inherited.
    return [];
  }
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    // The listing's own, which is closed by now.
    return false;
  }
}
