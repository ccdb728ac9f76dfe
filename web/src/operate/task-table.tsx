import type { TaskStatus } from '../../../src/runtime/capture/task-status.ts';
import { bytes, count, span } from '../base/format.ts';
import { Dot, Meter, type Tone } from '../base/parts.tsx';

const TONES: Readonly<Record<TaskStatus['state'], Tone>> = {
  starting: 'none',
  running: 'warn',
  'caught-up': 'good',
  retrying: 'bad',
  failed: 'bad',
  stopped: 'none',
};

export function TaskTable({ tasks }: { readonly tasks: readonly TaskStatus[] }) {
  return (
    <table className="table inner">
      <thead>
        <tr>
          <th>Task</th>
          <th>State</th>
          <th className="end">Accepted</th>
          <th className="end">Rejected</th>
          <th className="end">Records/s</th>
          <th>Progress</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => (
          <tr key={task.task}>
            <td className="mono">{task.task}</td>
            <td>
              <Dot tone={TONES[task.state]}>{task.state.replace('-', ' ')}</Dot>
            </td>
            <td className="end">{count(task.accepted)}</td>
            <td className="end">{count(task.rejected)}</td>
            <td className="end">{count(task.rate)}</td>
            <td>
              <Progress task={task} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Progress({ task }: { readonly task: TaskStatus }) {
  const { progress } = task;
  if (!progress) return null;
  const { step, amount, unit, forMs = 0, leftMs } = progress;
  if (!amount || amount.total <= 0)
    return step ? <span className="soft small numeric">{`${step} for ${span(forMs)}`}</span> : null;
  const { done, total } = amount;
  const text = (value: number) => (unit === 'bytes' ? bytes(value) : count(value));
  const isDone = done >= total;
  const left = leftMs === undefined || isDone ? '' : `, ${span(leftMs)} left`;
  return (
    <span className="row">
      <span className="budget">
        <Meter share={done / total} tone={isDone ? 'good' : 'none'} label={`Progress of ${task.task}`} />
      </span>
      <span className="soft small numeric">
        {step && `${step}: `}
        {text(done)} of {text(total)}
        {left}
      </span>
    </span>
  );
}
