import { combobox, plain } from "../../SharedKernel.Ui/combobox.js";

/** The list of tests is fetched once; typing asks nobody. */
class OrderBox extends HTMLElement {
  async connectedCallback() {
    const input = this.querySelector("input");
    if (!input || this.ready) {
      return;
    }
    this.ready = true;
    const tests = fetch("/health/tests").then((answer) => answer.json());
    combobox(input, {
      search: async (text) => {
        const words = plain(text).split(/\s+/).filter((word) => word !== "");
        return (await tests).filter((test) => words.every((word) => test.plain.includes(word))).slice(0, 12);
      },
      describe: (test) => ({ name: test.name, hint: test.kind }),
      take: (test) => {
        input.value = test.code;
        input.form.requestSubmit();
      },
      none: this.dataset.none,
    });
    if (location.hash === "#orders-title") {
      input.focus();
    }
  }
}

customElements.define("order-box", OrderBox);
