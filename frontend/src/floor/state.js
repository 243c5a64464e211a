/* What the operator sees of a task: what the server said last, and on top of it what waits in the queue. */

const plus = (a, b) => String(Math.round((Number(a) + Number(b || 0)) * 1e6) / 1e6);

const ACTS = {
  start: (task, { device_at }) => { task.state = "running"; task.resumed_at = device_at; },
  resume: (task, { device_at }) => { task.state = "running"; task.resumed_at = device_at; },
  pause: (task, { device_at, payload }) => {
    task.spent_minutes = plus(task.spent_minutes, minutesSince(task.resumed_at, device_at));
    Object.assign(task, { state: "paused", resumed_at: null, pause_reason: payload.reason ?? "" });
  },
  report: (task, { payload }, sign) => {
    for (const name of ["good", "scrap", "rework"]) task[name] = plus(task[name], sign * Number(payload[name] || 0));
    if (payload.scrap) task.scrap_reason = sign > 0 ? payload.reason : "";
  },
  issue: (task, { uuid, payload, device_at }, sign) => {
    if (sign < 0) { task.uses = task.uses.filter((use) => use.uuid !== uuid); return; }
    task.uses = [{ uuid, item: payload.item ?? "", lot: payload.lot ?? "", quantity: payload.quantity, at: device_at, state: "waiting" }, ...task.uses];
  },
  finish: (task) => { task.state = "done"; task.resumed_at = null; },
  help: (task) => { task.help = true; },
};

export const minutesSince = (from, to = new Date()) => from ? Math.max(0, (new Date(to) - new Date(from)) / 60_000) : 0;

/** The tasks as these commands leave them: `applied` have come in, each of the `queue` has not, which its task counts in
    `waiting`. One that is in both has come in. */
export function overlaid(tasks, applied, queue) {
  const found = new Map(tasks.map((task) => [task.id, { ...structuredClone(task), waiting: 0 }]));
  const byId = new Map([...queue, ...applied].map((command) => [command.uuid, command]));
  const hasCome = new Set(applied.map(({ uuid }) => uuid));
  for (const command of [...byId.values()].sort((a, b) => a.sequence - b.sequence)) {
    const task = found.get(command.task);
    if (!task) continue;
    if (!hasCome.has(command.uuid)) task.waiting += 1;
    if (command.kind === "undo_last") {
      const undone = byId.get(command.payload.of);
      if (undone) ACTS[undone.kind]?.(task, undone, -1);
    } else ACTS[command.kind]?.(task, command, 1);
  }
  return [...found.values()];
}
