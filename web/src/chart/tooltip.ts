/** What is under the pointer, as text. */
export function showTooltip(container: HTMLElement, event: MouseEvent | undefined, value: unknown): void {
  const old = container.querySelector('.chart-tip');
  if (value === null || value === undefined || value === '' || !event) {
    old?.remove();
    return;
  }
  const tip = old instanceof HTMLElement ? old : document.createElement('div');
  tip.className = 'chart-tip';
  const lines =
    typeof value === 'object'
      ? Object.entries(value).map(([name, each]) => `${name}: ${each}`)
      : [String(value)];
  tip.textContent = lines.join('\n');
  const frame = container.getBoundingClientRect();
  tip.style.left = `${Math.min(event.clientX - frame.left + 12, frame.width - 160)}px`;
  tip.style.top = `${event.clientY - frame.top + 12}px`;
  if (!old) container.append(tip);
}
