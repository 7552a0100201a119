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

/** The note of the visit saves itself; other forms of the page wait for it. Templates and the note of before are put in here. */
class NoteDraft extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form || this.ready) {
      return;
    }
    this.ready = true;
    const state = this.querySelector("[data-state]");
    const field = (name) => form.elements[`NoteForm.${name}`];
    const names = ["Reason", "History", "Examination", "Plan", "CopiedFrom"];
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
    this.tools(draft, field);
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

  /** Texts that are put in: into an empty field as they are, else below what stands there. */
  tools(draft, field) {
    const { templates, before } = JSON.parse(this.querySelector("[data-texts]").textContent);
    const headings = ["History", "Examination", "Plan"];
    const marks = () => {
      for (const heading of headings) {
        const copied = field("CopiedFrom").value === before?.visit ? linesOf(before?.[heading.toLowerCase()]) : [];
        const count = linesOf(field(heading).value).filter((line) => copied.includes(line)).length;
        this.querySelector(`[data-mark=${heading}]`).textContent = count > 0 ? `${count} ${this.dataset.copied}` : "";
      }
    };
    const put = (texts) => {
      for (const heading of headings) {
        const text = texts[heading.toLowerCase()];
        const { value } = field(heading);
        if (text && !value.includes(text)) {
          field(heading).value = value.trim() === "" ? text : `${value.trimEnd()}\n${text}`;
        }
      }
      draft.changed();
      marks();
      // The first gap is where the doctor goes on.
      const gap = headings.map(field).find((input) => input.value.includes("…")) ?? field("History");
      gap.focus();
      const at = gap.value.indexOf("…");
      if (at >= 0) {
        gap.setSelectionRange(at, at + 1);
      }
    };
    this.querySelector("[data-insert]").addEventListener("click", () => {
      put(templates.find((template) => template.id === this.querySelector("#note-template").value));
    });
    this.querySelector("[data-copy]")?.addEventListener("click", () => {
      field("CopiedFrom").value = before.visit;
      put(before);
    });
    this.querySelector("form").addEventListener("input", marks);
    this.querySelector("[data-tools]").hidden = false;
    marks();
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

const linesOf = (text) => (text ?? "").split("\n").map((line) => line.trim()).filter((line) => line !== "");

customElements.define("icd10-box", Icd10Box);
customElements.define("note-draft", NoteDraft);
