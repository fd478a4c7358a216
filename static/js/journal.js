// What the member chose, kept on the phone until the server has it. IndexedDB by attempt, and so by member: a page asks
// for the rows of its own attempt only. Where storage is blocked or hangs (private windows, some in-app browsers) the
// page's memory, and `durable` says so: the words must not lie. Logging out deletes all of it (base.js).

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
      const mine = IDBKeyRange.bound([attempt], [attempt, []]);
      const rows = await within(asked(opened.transaction(STORE).objectStore(STORE).getAll(mine)));
      for (const row of rows) if (!memory.has(row.question)) memory.set(row.question, row);
      database = opened;
    } catch (error) { /* the memory of the page serves */ }
  })();

  // What nobody came back for.
  ready.then(() => write((store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (cursor.key[0] !== attempt && cursor.value.at < Date.now() - KEPT_FOR) cursor.delete();
      cursor.continue();
    };
  }));

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
