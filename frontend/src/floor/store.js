/* What the tablet remembers, in IndexedDB: `queue`, the commands that have not come in yet, by their number; and `kept`,
   single values by name: what the server said last, who stands here, the number of the last command. */

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("mfg-floor", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("queue", { keyPath: "sequence" });
      request.result.createObjectStore("kept");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Runs `work(queue, kept)` in one transaction; resolves with what it returned once all of it is on the disk. */
export async function change(work) {
  const transaction = (await database()).transaction(["queue", "kept"], "readwrite", { durability: "strict" });
  const result = work(transaction.objectStore("queue"), transaction.objectStore("kept"));
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  const value = await result;
  await done;
  return value;
}

/** The result of one request of IndexedDB. */
export const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export const kept = (name) => change((_queue, store) => asked(store.get(name)));
export const keep = (name, value) => change((_queue, store) => { store.put(value, name); });
export const queued = () => change((queue) => asked(queue.getAll()));
