import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { LOW_PRIORITY, processorMs, setPriority } from './guest-priority.ts';

describe.skipIf(!existsSync('/proc/self/task'))(
  'the priority of a guest (skipped where there is no /proc)',
  () => {
    it('is lowered for every thread, and says so where there is no such process', async () => {
      const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' });
      const pid = child.pid ?? 0;
      const gone = once(child, 'exit');
      expect(processorMs(pid)).toBeGreaterThanOrEqual(0);
      expect(setPriority(pid, LOW_PRIORITY)).toBe(true);
      expect(os.getPriority(pid)).toBe(LOW_PRIORITY);
      child.kill('SIGKILL');
      await gone;
      expect(processorMs(pid)).toBeUndefined();
      expect(setPriority(pid, LOW_PRIORITY)).toBe(false);
    });
  },
);
