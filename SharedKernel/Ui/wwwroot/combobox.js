// The ARIA combobox with a list (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/): arrows move, Enter takes, Esc closes. Every key
// press stays in the browser; a slow answer is thrown away when a newer question was asked.
let count = 0;

/**
 * @param {HTMLInputElement} input
 * @param {(text: string, signal: AbortSignal) => Promise<object[]> | object[]} search
 * @param {(item: object) => {code?: string, name: string, hint?: string, why?: string}} describe `why` tells why it cannot be taken
 * @param {(item: object) => void} take
 * @param {string} none said when nothing matches
 */
export function combobox(input, { search, describe, take, none }) {
  const id = `combo-${++count}`;
  const box = input.parentElement;
  box.classList.add("combo");
  const list = document.createElement("ul");
  list.className = "combo-list";
  list.id = id;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`)?.textContent.trim() ?? "");
  box.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off" })) {
    input.setAttribute(name, value);
  }

  let items = [];
  let at = -1;
  let asked = null;

  async function ask() {
    asked?.abort();
    const question = (asked = new AbortController());
    const text = input.value.trim();
    if (text === "") {
      return close();
    }
    let found;
    try {
      found = await search(text, question.signal);
    } catch {
      return;
    }
    if (question.signal.aborted || document.activeElement !== input) {
      return;
    }
    items = found;
    list.replaceChildren(...(items.length > 0 ? items.map(option) : [nothing()]));
    move(items.findIndex((item) => !describe(item).why));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function option(item, i) {
    const { code, name, hint, why } = describe(item);
    const row = document.createElement("li");
    row.id = `${id}-${i}`;
    row.setAttribute("role", "option");
    for (const [kind, text] of [["badge info", code], ["what", name], ["hint", hint], ["why", why]]) {
      if (text) {
        const part = document.createElement("span");
        part.className = kind;
        part.textContent = text;
        row.append(part);
      }
    }
    if (why) {
      row.setAttribute("aria-disabled", "true");
    }
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      move(i);
      choose();
    });
    return row;
  }

  function nothing() {
    const row = document.createElement("li");
    row.className = "none";
    row.setAttribute("role", "option");
    row.setAttribute("aria-disabled", "true");
    row.textContent = none;
    return row;
  }

  function move(to) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = to;
    const row = items.length > 0 ? list.children[at] : null;
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) {
      input.setAttribute("aria-activedescendant", row.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function choose() {
    const item = items[at];
    if (!item || describe(item).why) {
      return;
    }
    close();
    take(item);
  }

  function close() {
    asked?.abort();
    list.hidden = true;
    items = [];
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    // Vietnamese input methods compose with keys of their own.
    if (event.isComposing || list.hidden) {
      return;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && items.length > 0) {
      event.preventDefault();
      move((at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length);
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      choose();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  // Someone fast has typed before this script was there.
  if (document.activeElement === input) {
    ask();
  }
}

/** Lower case without Vietnamese marks, as the server compares. */
export const plain = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
