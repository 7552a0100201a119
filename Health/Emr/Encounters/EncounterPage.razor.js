import { combobox } from "../../SharedKernel.Ui/combobox.js";
import { autosave, postJson } from "../drafts.js";

/** ICD-10 by code or name; what the person's sex or age rules out is shown with its reason and cannot be taken. */
class Icd10Box extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (!input || this.ready) {
      return;
    }
    this.ready = true;
    combobox(input, {
      search: async (text, signal) => (await fetch(`${this.dataset.href}&q=${encodeURIComponent(text)}`, { signal })).json(),
      describe: (code) => ({ code: code.code, name: document.documentElement.lang === "en" && code.english ? code.english : code.vietnamese, why: code.refused.join(" ") }),
      take: (code) => {
        input.value = `${code.code} ${code.vietnamese}`;
        input.form.requestSubmit();
      },
      none: this.dataset.none,
    });
    if (location.hash === "#diagnosis-title") {
      input.focus();
    }
  }
}

/** The note of the visit saves itself; other forms of the page wait for it. */
class NoteDraft extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form || this.ready) {
      return;
    }
    this.ready = true;
    const state = this.querySelector("[data-state]");
    const field = (name) => form.elements[`NoteForm.${name}`];
    const names = ["Reason", "History", "Examination", "Plan"];
    const draft = autosave({
      key: this.dataset.href,
      read: () => Object.fromEntries([...names, "Version"].map((name) => [name.toLowerCase(), field(name).value || null])),
      send: (note) => postJson(this.dataset.href, note),
      tell: (kind, answer) => {
        if (kind === "saved") {
          field("Version").value = answer.version;
        }
        state.textContent = kind === "saved" ? `${this.dataset.saved} ${new Date().toLocaleTimeString("vi-VN")}` : this.dataset[kind];
      },
    });
    this.restore(draft, field, names);
    form.addEventListener("input", draft.changed);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      draft.changed();
      draft.flush();
    });
    document.addEventListener(
      "submit",
      async (event) => {
        if (event.target === form || !draft.isDirty() || !this.isConnected) {
          return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        const { target, submitter } = event;
        await draft.flush();
        // Still unsaved means no connection or a conflict: the page stays, and says so.
        if (!draft.isDirty()) {
          target.requestSubmit(submitter);
        }
      },
      { capture: true },
    );
    addEventListener("pagehide", () => draft.flush());
  }

  /** What this tab typed and the page does not show yet, and what was typed before this script was there. */
  restore(draft, field, names) {
    const kept = draft.kept();
    const shown = Number(field("Version").value);
    const early = names.filter((name) => field(name).value !== field(name).defaultValue);
    const differs = kept && names.some((name) => (kept[name.toLowerCase()] ?? "") !== field(name).value);
    if (!differs || (kept.saved && Number(kept.version) <= shown)) {
      draft.forget();
      if (early.length > 0) {
        draft.changed();
      }
      return;
    }
    for (const name of names.filter((name) => !early.includes(name))) {
      field(name).value = kept[name.toLowerCase()] ?? "";
    }
    if (Number(kept.version) === shown) {
      draft.changed();
    } else if (kept.saved) {
      field("Version").value = kept.version;
    } else {
      this.querySelector("[data-state]").textContent = this.dataset.conflict;
    }
  }
}

customElements.define("icd10-box", Icd10Box);
customElements.define("note-draft", NoteDraft);
