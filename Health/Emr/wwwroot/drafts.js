// A draft that reaches the server a moment after the last key, and stays in this browser tab while it cannot.
const quiet = 1500;
const retry = 5000;

/**
 * @param {string} key of the copy in the tab's own storage, which ends with the tab: other people use this computer too
 * @param {() => object} read what is to be saved
 * @param {(draft: object) => Promise<Response>} send
 * @param {(state: "saving" | "saved" | "waiting" | "conflict", answer?: object) => void} tell
 */
export function autosave({ key, read, send, tell }) {
  let timer = 0;
  let dirty = false;
  let running = null;

  function changed() {
    dirty = true;
    sessionStorage.setItem(key, JSON.stringify(read()));
    clearTimeout(timer);
    timer = setTimeout(flush, quiet);
  }

  async function flush() {
    clearTimeout(timer);
    while (running) {
      await running;
    }
    if (dirty) {
      running = save().finally(() => (running = null));
      await running;
    }
  }

  async function save() {
    dirty = false;
    tell("saving");
    try {
      const response = await send(read());
      if (response.status === 409) {
        tell("conflict");
        return;
      }
      if (!response.ok || response.redirected) {
        throw new Error(response.statusText);
      }
      const answer = response.status === 204 ? {} : await response.json();
      if (!dirty) {
        // Kept a little longer: a reload at this very moment may still show the page of before.
        sessionStorage.setItem(key, JSON.stringify({ ...read(), ...answer, saved: true }));
      }
      tell("saved", answer);
    } catch {
      dirty = true;
      tell("waiting");
      timer = setTimeout(flush, retry);
    }
  }

  addEventListener("online", flush);
  return {
    changed,
    flush,
    /** Also while a save is on its way: the page must not go before it is answered. */
    isDirty: () => dirty || running !== null,
    kept: () => JSON.parse(sessionStorage.getItem(key) ?? "null"),
    forget: () => sessionStorage.removeItem(key),
  };
}

/** @returns {Promise<Response>} */
export const postJson = (href, body) =>
  fetch(href, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), keepalive: true });
