// What the member chose, kept on the phone until the server has it. IndexedDB by attempt; where storage is blocked or
// hangs (private windows, some in-app browsers) the page's memory, and `durable` says so: the words must not lie.

const STORE = "answers";
const PATIENCE = 1500; // ms; IndexedDB has been seen to hang for ever after an update of iOS
const KEPT_FOR = 7 * 24 * 3600 * 1000;

const within = (promise) => Promise.race([
  promise,
  new Promise((_, refuse) => { setTimeout(refuse, PATIENCE, new Error("storage hangs")); }),
]);

const asked = (request) => new Promise((done, refuse) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => refuse(request.error);
});

function open() {
  const request = indexedDB.open("bai-lam", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["attempt", "question"] });
  return asked(request);
}

export function openJournal(attempt) {
  let database = null;
  const memory = new Map();

  // Transactions that end well, not requests: a request succeeds before the disk has it.
  const write = async (act) => {
    await ready;
    if (!database) return;
    try {
      await within(new Promise((done, refuse) => {
        const transaction = database.transaction(STORE, "readwrite");
        act(transaction.objectStore(STORE));
        transaction.oncomplete = done;
        transaction.onerror = transaction.onabort = () => refuse(transaction.error);
      }));
    } catch (error) { database = null; }
  };

  const ready = (async () => {
    try {
      const opened = await within(open());
      opened.onversionchange = () => { opened.close(); database = null; };
      const rows = await within(asked(opened.transaction(STORE).objectStore(STORE).getAll()));
      for (const row of rows) if (row.attempt === attempt && !memory.has(row.question)) memory.set(row.question, row);
      database = opened;
      return rows.filter((row) => row.attempt !== attempt && row.at < Date.now() - KEPT_FOR);
    } catch (error) { return []; }
  })();
  ready.then((old) => { if (old.length) write((store) => old.forEach((row) => store.delete([row.attempt, row.question]))); });

  return {
    ready,
    get durable() { return database !== null; },
    all: () => [...memory.values()],
    put(entry) {
      const row = { ...entry, attempt, at: Date.now() };
      memory.set(entry.question, row);
      return write((store) => store.put(row));
    },
    clear() {
      const keys = [...memory.keys()];
      memory.clear();
      return write((store) => keys.forEach((question) => store.delete([attempt, question])));
    },
  };
}
