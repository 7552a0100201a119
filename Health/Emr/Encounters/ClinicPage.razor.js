/** The queue, read again every half minute while the page is seen and nobody is in the list. */
class ClinicQueue extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.renew(), Number(this.dataset.every) * 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async renew() {
    if (document.hidden || this.contains(document.activeElement)) {
      return;
    }
    try {
      const answer = await fetch(location.href);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("clinic-queue [data-list]");
      if (fresh && !answer.redirected && !this.contains(document.activeElement)) {
        this.querySelector("[data-list]").innerHTML = fresh.innerHTML;
      }
    } catch {
      // The line is down: the list stays as it was, and its times tell how old it is.
    }
  }
}

customElements.define("clinic-queue", ClinicQueue);
