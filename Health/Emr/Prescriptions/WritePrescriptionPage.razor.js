import { combobox, plain } from "../../SharedKernel.Ui/combobox.js";
import { autosave, postJson } from "../drafts.js";

const number = (text) => Number(String(text).trim().replace(",", ".")) || 0;
const say = (value) => String(value).replace(".", ",");

/** Dose × times × days in whole units, rounded up, as the server computes it. */
const quantity = (drug, line) => Math.ceil((Math.round(line.dose * 1000) * line.times * line.days) / (drug.dosesPerUnit * 1000)) || 0;

/**
 * A prescription typed by keyboard: a drug's name, Enter, and the usual dose stands there; Enter again and it is a line. Everything per
 * key is here; the server is asked a moment later, for its rules and to keep the draft.
 */
class PrescriptionEditor extends HTMLElement {
  async connectedCallback() {
    const source = this.querySelector("[data-model]");
    if (!source || this.ready) {
      return;
    }
    this.ready = true;
    const { draft, texts, reasons } = JSON.parse(source.textContent);
    this.texts = texts;
    this.reasons = reasons;
    this.overrides = new Map();
    this.seen = new Set();
    this.replaces = draft.replaces;
    this.state = this.querySelector("[data-state]");
    const [drugs, favourites] = await Promise.all(["/health/drugs", "/health/prescriptions/favourites"].map(async (address) => (await fetch(address)).json()));
    this.drugs = new Map(drugs.map((drug) => [drug.code, drug]));
    this.favourites = favourites.map((favourite) => ({ ...favourite, plain: plain(favourite.name) }));
    this.saving = autosave({
      key: `${this.dataset.href}${this.replaces ?? ""}`,
      read: () => this.read(),
      send: (prescription) => postJson(`${this.dataset.href}/draft`, prescription),
      tell: (kind) => {
        this.state.textContent = kind === "saved" ? `${texts.saved} ${new Date().toLocaleTimeString("vi-VN")}` : texts[kind];
      },
    });
    const kept = this.saving.kept();
    const unsaved = kept !== null && !kept.saved;
    this.fill(unsaved ? kept : draft);
    this.entry();
    this.addEventListener("input", (event) => {
      if (!event.target.closest("[data-entry], .favourite, [data-override]")) {
        this.changed();
      }
    });
    this.querySelector("[data-sign]").addEventListener("click", () => this.sign());
    this.querySelector("[data-keep]").addEventListener("click", () => this.keep());
    this.querySelector("#rx-favourite").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey) {
        event.preventDefault();
        this.keep();
      }
    });
    this.keys = (event) => {
      if (event.key === "Enter" && event.ctrlKey) {
        event.preventDefault();
        this.sign();
      }
    };
    document.addEventListener("keydown", this.keys);
    if (unsaved) {
      this.saving.changed();
    }
    if (this.lines.length > 0) {
      this.review();
    }
    // Coming from another page the browser does not mind autofocus: the first key must be the drug's all the same.
    if (!this.contains(document.activeElement)) {
      this.querySelector("#rx-drug")?.focus();
    }
    this.setAttribute("data-ready", "");
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.keys);
  }

  /** The row in which the next drug is typed. */
  entry() {
    const input = (name) => this.querySelector(`#rx-${name}`);
    let drug = null;
    const line = () => ({ dose: number(input("dose").value), times: number(input("times").value), days: number(input("days").value) });
    const show = () => {
      input("quantity").textContent = drug ? `${quantity(drug, line())} ${drug.unit}` : "–";
    };
    const clear = () => {
      drug = null;
      for (const name of ["drug", "dose", "times", "days", "timing"]) {
        input(name).value = "";
      }
      this.querySelector("[data-dose-unit]").textContent = "";
      show();
      input("drug").focus();
    };
    const add = () => {
      if (drug) {
        this.addLine(drug, { ...line(), timing: input("timing").value });
        clear();
        this.changed();
      } else {
        input("drug").focus();
      }
    };
    combobox(input("drug"), {
      search: (text) => {
        const words = plain(text).split(/\s+/);
        const score = (candidate) => (candidate.plain.startsWith(words[0]) ? 0 : 1);
        return [...this.favourites, ...this.drugs.values()]
          .filter((candidate) => words.every((word) => ` ${candidate.plain}`.includes(` ${word}`)))
          .sort((a, b) => score(a) - score(b) || a.name.localeCompare(b.name, "vi"))
          .slice(0, 10);
      },
      describe: (candidate) => ({ code: candidate.lines ? "★" : candidate.class === "c" ? null : candidate.class.toUpperCase(), name: candidate.name }),
      take: (candidate) => {
        if (candidate.lines) {
          this.addLines(candidate.lines);
          clear();
          this.changed();
          return;
        }
        drug = candidate;
        input("drug").value = drug.name;
        input("dose").value = say(drug.dose);
        input("times").value = drug.times;
        input("days").value = drug.days;
        input("timing").value = drug.timing;
        this.querySelector("[data-dose-unit]").textContent = `(${drug.doseUnit})`;
        show();
        input("dose").focus();
        input("dose").select();
      },
      none: this.texts.none,
    });
    this.querySelector("[data-entry]").addEventListener("input", show);
    this.querySelector("[data-entry]").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey && !event.defaultPrevented && event.target.matches("input")) {
        event.preventDefault();
        add();
      }
    });
    this.querySelector("[data-add]").addEventListener("click", add);
  }

  get lines() {
    return [...this.querySelectorAll(".rx-lines tbody tr")];
  }

  addLine(drug, line) {
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    row.dataset.drug = drug.code;
    row.querySelector(".drug").textContent = drug.name;
    for (const name of ["dose", "times", "days"]) {
      row.querySelector(`[name=${name}]`).value = say(line[name]);
    }
    row.querySelector("[name=timing]").value = line.timing ?? "";
    row.querySelector("[data-remove]").addEventListener("click", () => {
      row.remove();
      this.changed();
      this.querySelector("#rx-drug").focus();
    });
    this.querySelector(".rx-lines tbody").append(row);
    this.count();
  }

  /** Quantities as soon as a number changes. */
  count() {
    for (const row of this.lines) {
      const drug = this.drugs.get(row.dataset.drug);
      row.querySelector(".quantity").textContent = drug ? `${String(quantity(drug, this.lineOf(row))).padStart(2, "0")} ${drug.unit}` : "";
    }
    const none = this.lines.length === 0;
    this.querySelector(".rx-lines").hidden = none;
    this.querySelector("[data-empty]").hidden = !none;
  }

  lineOf(row) {
    const value = (name) => row.querySelector(`[name=${name}]`).value;
    return { drug: row.dataset.drug, dose: number(value("dose")), times: number(value("times")), days: number(value("days")), timing: value("timing") || null };
  }

  read() {
    const value = (name) => this.querySelector(`#rx-${name}`)?.value.trim() || null;
    return {
      lines: this.lines.map((row) => this.lineOf(row)),
      course: value("course"),
      weightKg: value("weight") ? number(value("weight")) : null,
      accompanying: value("accompanying"),
      advice: value("advice"),
      followUpDays: value("follow-up") ? Math.round(number(value("follow-up"))) : null,
      replaces: this.replaces,
      overrides: [...this.overrides].map(([key, reason]) => ({ key, reason })),
      seen: [...this.seen],
    };
  }

  addLines(lines) {
    for (const line of lines) {
      const drug = this.drugs.get(line.drug);
      if (drug) {
        this.addLine(drug, line);
      }
    }
  }

  /** What is written now, under a name, for other patients. */
  async keep() {
    const input = this.querySelector("#rx-favourite");
    const response = await postJson("/health/prescriptions/favourites", { name: input.value.trim(), lines: this.read().lines });
    const answer = await response.json().catch(() => ({}));
    if (response.status === 201) {
      this.favourites.push({ ...answer, plain: plain(answer.name) });
      input.value = "";
      input.closest("details").open = false;
      this.state.textContent = `${this.texts.kept}: ${answer.name}`;
    } else {
      this.state.textContent = answer.errors ? Object.values(answer.errors).flat()[0] : this.texts.failed;
    }
  }

  fill(draft) {
    this.addLines(draft.lines);
    const set = (name, value) => {
      const input = this.querySelector(`#rx-${name}`);
      if (input && value !== null && value !== undefined) {
        input.value = typeof value === "number" ? say(value) : value;
      }
    };
    this.overrides = new Map((draft.overrides ?? []).map(({ key, reason }) => [key, reason]));
    this.seen = new Set(draft.seen ?? []);
    set("course", draft.course);
    set("weight", draft.weightKg);
    set("accompanying", draft.accompanying);
    set("advice", draft.advice);
    set("follow-up", draft.followUpDays);
    this.count();
  }

  changed() {
    this.count();
    this.saving.changed();
    clearTimeout(this.reviewing);
    this.reviewing = setTimeout(() => this.review(), 250);
  }

  async review() {
    clearTimeout(this.reviewing);
    try {
      const response = await postJson(`${this.dataset.href}/review`, this.read());
      if (!response.ok || response.redirected) {
        throw new Error(response.statusText);
      }
      const { findings } = await response.json();
      this.show(findings);
    } catch {
      this.show([{ severity: "Warn", line: null, message: this.texts.notChecked, source: "" }]);
    }
  }

  /** Worst first. An alert that interrupts has a list of coded reasons beside it; the others only tell. */
  show(findings) {
    this.lines.forEach((row, i) => row.classList.toggle("stop", findings.some((finding) => finding.line === i && finding.severity === "Stop" && !finding.override)));
    for (const { key } of findings) {
      if (key) {
        this.seen.add(key);
      }
    }
    const focused = document.activeElement?.dataset?.override;
    this.querySelector("[data-findings]").replaceChildren(...findings.map((finding) => this.finding(finding)));
    if (focused) {
      this.querySelector(`[data-override="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  finding({ severity, rule, message, source, detail, key, override }) {
    const row = document.createElement("li");
    row.className = `${override ? "Warn" : severity} ${rule ?? ""}`;
    row.append(message);
    const add = (tag, className, text) => {
      if (text) {
        const part = document.createElement(tag);
        part.className = className;
        part.textContent = text;
        row.append(part);
      }
    };
    add("div", "detail", detail);
    add("span", "source", source ? ` ${source}` : "");
    if (key) {
      const select = document.createElement("select");
      select.dataset.override = key;
      select.setAttribute("aria-label", `${this.texts.override}: ${message}`);
      select.append(new Option(this.texts.override, ""), ...this.reasons.map((reason) => new Option(reason.text, reason.code)));
      select.value = this.overrides.get(key) ?? "";
      select.addEventListener("change", () => {
        if (select.value) {
          this.overrides.set(key, select.value);
        } else {
          this.overrides.delete(key);
        }
        this.saving.changed();
        this.review();
      });
      row.append(select);
    }
    return row;
  }

  async sign() {
    if (this.signing) {
      return;
    }
    this.signing = true;
    const button = this.querySelector("[data-sign]");
    button.disabled = true;
    try {
      await this.saving.flush();
      this.state.textContent = this.texts.signing;
      const response = await postJson(this.dataset.href, this.read());
      const answer = await response.json().catch(() => ({}));
      if (response.status === 201) {
        this.saving.forget();
        location.assign(answer.codes.length === 1 ? `/prescriptions/${answer.codes[0]}` : `${this.dataset.encounter}#prescription-title`);
        return;
      }
      if (answer.errors) {
        await this.review();
        this.state.textContent = Object.values(answer.errors).flat()[0];
      } else {
        this.state.textContent = answer.detail ?? this.texts.failed;
      }
    } catch {
      this.state.textContent = this.texts.failed;
    }
    button.disabled = false;
    this.signing = false;
  }
}

customElements.define("prescription-editor", PrescriptionEditor);
