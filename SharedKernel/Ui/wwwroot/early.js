// Loaded before the page's body. A form sent while the page's own elements (a draft, a code box, a grid) are still on their way would
// go without what they keep: on a slow line it waits for them, at most ten seconds.
const waited = new WeakSet();
document.addEventListener(
  "submit",
  async (event) => {
    const { target, submitter } = event;
    const late = [...document.querySelectorAll(":not(:defined)")].map((element) => element.localName);
    if (late.length === 0 || waited.has(target)) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const patience = new Promise((over) => setTimeout(over, 10_000));
    await Promise.race([patience, Promise.all([...new Set(late)].map((name) => customElements.whenDefined(name)))]);
    waited.add(target);
    target.requestSubmit(submitter);
    waited.delete(target);
  },
  { capture: true },
);
