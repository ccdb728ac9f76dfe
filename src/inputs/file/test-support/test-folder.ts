/** Folders of files for tests. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export class TestFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'wharf-file-input-'));

  /** Writes in place. */
  write(name: string, content: string | Uint8Array): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
  }

  append(name: string, content: string | Uint8Array): void {
    writeFileSync(this.at(name), content, { flag: 'a' });
  }

  rename(from: string, to: string): void {
    renameSync(this.at(from), this.at(to));
  }

  remove(name = '.'): void {
    rmSync(this.at(name), { recursive: true, force: true });
  }

  at(name: string): string {
    return path.join(this.path, name);
  }
}
