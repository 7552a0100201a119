// <commune-picker>: offers the communes that fit what is typed; an old one by what it is now. Without this script the text is read by the
// server alone.
import { combobox } from "../SharedKernel.Ui/combobox.js";

customElements.get("commune-picker") ?? customElements.define("commune-picker", class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (!input || input.getAttribute("role") === "combobox") return;
    combobox(input, {
      none: this.dataset.none,
      search: async (text, signal) => {
        if (text.length < 2) return [];
        const answer = await fetch(`/api/places/offers?limit=12&q=${encodeURIComponent(text)}`, { signal });
        return answer.ok ? (await answer.json()).flatMap((offer) => this.#choices(offer)) : [];
      },
      describe: (choice) => ({ name: choice.name, hint: choice.hint }),
      take: (choice) => (input.value = choice.value),
    });
  }

  /** A present commune is itself; an old one is offered as each that it is now, and a divided one as itself too. */
  #choices({ commune, now }) {
    const was = `${this.dataset.was} ${commune.fullName}`;
    const present = now.map((one) => ({ name: one.fullName, value: one.fullName, hint: was }));
    if (!commune.until) return [{ name: commune.fullName, value: commune.fullName }];
    return now.length === 1 ? present : [...present, { name: commune.fullName, value: commune.fullName, hint: this.dataset.divided }];
  }
});
