/**
 * A disk of its own whose power can be cut: a file with ext4 in it, mounted by a loop device, and shut down by the file system's own call
 * for that. From the cut on every write and sync fails, and what was in memory alone is lost: contents, sizes and names.
 *
 * Mounted with `noauto_da_alloc`: ext4 would otherwise write a file out when it is renamed over another, and hide a sync that is missing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { messageOf } from '../../../src/base/errors.ts';

/** Above what the journal keeps free. The file takes what is written into it. */
const DISK_BYTES = 512 * 1024 * 1024;
/** _IOR('X', 125, __u32), and EXT4_GOING_FLAGS_NOLOGFLUSH: the file system's journal is not written out either. */
const CUT =
  "my $flags = pack('L', 2); open(my $disk, '<', $ARGV[0]) or die $!; ioctl($disk, 0x8004587d, $flags) or die $!;";
/** Processes that were killed let go of their files a little later. */
const BUSY_MS_MAX = 60_000;
const BUSY_POLL_MS = 20;

export class LoopDisk {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #image: string;
  #mounted = false;

  private constructor(image: string, folder: string) {
    this.#image = image;
    this.folder = folder;
  }

  /** Why this machine cannot have one; undefined when it can. Tries it in the folder, which must be empty. */
  static async problem(folder: string): Promise<string | undefined> {
    if (process.platform !== 'linux') return 'loop devices are there on Linux only';
    if (process.getuid?.() !== 0) return 'only root may mount a loop device';
    mkdirSync(folder, { recursive: true });
    try {
      const disk = await LoopDisk.create(folder);
      try {
        disk.cut();
      } finally {
        await disk.remove();
      }
      return undefined;
    } catch (error) {
      return `no disk can be mounted and cut here: ${messageOf(error)}`;
    }
  }

  static async create(folder: string): Promise<LoopDisk> {
    const image = path.join(folder, 'disk.img');
    const mount = path.join(folder, 'disk');
    mkdirSync(mount, { recursive: true });
    writeFileSync(image, '');
    truncateSync(image, DISK_BYTES);
    run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=1,nodiscard', image);
    const disk = new LoopDisk(image, mount);
    disk.#mount();
    return disk;
  }

  /** Whatever is not on disk by now is lost. Who has files open there must end before `powerUp`. */
  cut(): void {
    run('perl', '-e', CUT, this.folder);
  }

  /** As the machine finds the disk when the power is back. */
  async powerUp(): Promise<void> {
    await this.#unmount();
    this.#mount();
  }

  async remove(): Promise<void> {
    if (this.#mounted) await this.#unmount();
    rmSync(this.#image, { force: true });
  }

  #mount(): void {
    run('mount', '-o', 'loop,noatime,noauto_da_alloc', this.#image, this.folder);
    this.#mounted = true;
  }

  async #unmount(): Promise<void> {
    for (const deadline = Date.now() + BUSY_MS_MAX; ; await systemClock.sleep(BUSY_POLL_MS)) {
      const { status, stderr } = spawnSync('umount', [this.folder], { encoding: 'utf8' });
      if (status === 0) break;
      if (Date.now() > deadline) throw new Error(`umount ${this.folder}: ${stderr.trim()}`);
    }
    this.#mounted = false;
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.trim()}`);
}
