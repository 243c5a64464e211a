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

/** The tasks as the queue leaves them; each says in `waiting` how many of its commands have not come in. */
export function overlaid(tasks, queue) {
  const found = new Map(tasks.map((task) => [task.id, { ...structuredClone(task), waiting: 0 }]));
  const byId = new Map(queue.map((command) => [command.uuid, command]));
  for (const command of queue) {
    const task = found.get(command.task);
    if (!task) continue;
    task.waiting += 1;
    if (command.kind === "undo_last") {
      const undone = byId.get(command.payload.of);
      if (undone) ACTS[undone.kind]?.(task, undone, -1);
    } else ACTS[command.kind]?.(task, command, 1);
  }
  return [...found.values()];
}
