/* The queue of commands: numbered and written down before anything is shown, sent in order, gone once the server has
   answered. A command is sent again until then; the server counts it once. */
import { asked, change, kept, queued } from "./store.js";

const MOST = 200;
const LONGEST_PAUSE_MS = 30_000;
const listeners = [];
let pause = 1000;
let timer;

/** Calls `listener(name, value)`: "changed", "applied" with the commands that the server has counted and that are about
    to leave the queue, "answered" with its answers, "offline", "online", "refused". */
export const listen = (listener) => listeners.push(listener);
const tell = (name, value) => Promise.all(listeners.map((listener) => listener(name, value)));

export async function call(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Floor": "1" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`/floor/${path}/`, { cache: "no-store", signal: AbortSignal.timeout(20_000), ...options });
  const data = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(data.detail ?? "The server does not answer."), { status: response.status, problem: data });
  return data;
}

/** Writes a command down and sends it when it can; returns it as it stands in the queue. */
export async function add(command) {
  const whole = { uuid: crypto.randomUUID(), device_at: new Date().toISOString(), ...command };
  await change(async (queue, store) => {
    whole.sequence = ((await asked(store.get("sequence"))) ?? 0) + 1;
    store.put(whole.sequence, "sequence");
    queue.add(whole);
  });
  tell("changed");
  send();
  return whole;
}

/** Sends what waits, one tab at a time. */
export const send = () => navigator.locks.request("mfg-floor-send", { ifAvailable: true }, (lock) => lock && sendAll());

async function sendAll() {
  clearTimeout(timer);
  try {
    for (let waiting = await queued(); waiting.length; waiting = await queued()) {
      const commands = waiting.slice(0, MOST);
      const { commands: answers } = await call("commands", { sent_at: new Date().toISOString(), commands });
      if (!(await take(commands, answers))) break;
    }
    pause = 1000;
    tell("online");
  } catch (error) {
    if (error.status === 401) return tell("refused", error);
    tell("offline", error);
    timer = setTimeout(send, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** Takes what was answered off the queue; false when nothing of it was. */
async function take(commands, answers) {
  const settled = answers.filter(({ state }) => state !== "waiting" && state !== "refused");
  const gone = new Set(settled.map(({ uuid }) => uuid));
  const behind = answers.map(({ problem }) => problem?.last_sequence).find((number) => number !== undefined);
  const applied = new Set(settled.filter(({ state }) => state === "applied").map(({ uuid }) => uuid));
  await tell("applied", commands.filter(({ uuid }) => applied.has(uuid)));
  await change((queue) => { for (const { uuid, sequence } of commands) if (gone.has(uuid)) queue.delete(sequence); });
  // The tablet counts otherwise than the server: it was enrolled anew, or its memory was set back.
  if (!settled.length && behind !== undefined) { await renumber(behind); return true; }
  if (settled.length) tell("answered", settled);
  return settled.length > 0;
}

/** Numbers what waits from `last` + 1 on, in the same order. */
export async function renumber(last) {
  await change(async (queue, store) => {
    const waiting = await asked(queue.getAll());
    queue.clear();
    waiting.forEach((command, index) => queue.add({ ...command, sequence: last + index + 1 }));
    store.put(last + waiting.length, "sequence");
  });
}

/** Keeps the tablet's count in step with what the server knows of this device. */
export async function follow({ id, last_sequence: last }) {
  const [device, sequence, waiting] = [await kept("device"), await kept("sequence"), await queued()];
  if (device !== id || sequence === undefined || (!waiting.length && sequence < last)) {
    await renumber(last);
    await change((_queue, store) => { store.put(id, "device"); });
  }
}

addEventListener("online", () => { pause = 1000; send(); });
