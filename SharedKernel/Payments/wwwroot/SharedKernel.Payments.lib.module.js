// Blazor loads this once by its name.

/** Asks for the state of an invoice while the page is looked at, slower and slower, and reloads the page when it has changed. */
class PaidWatch extends HTMLElement {
  connectedCallback() {
    this.pause = 2000;
    this.next();
    this.onVisible = () => { if (!document.hidden) { this.pause = 2000; this.next(); } };
    document.addEventListener("visibilitychange", this.onVisible);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  next() {
    clearTimeout(this.timer);
    if (this.querySelector("svg.qr") && !document.hidden) {
      this.timer = setTimeout(() => this.ask(), this.pause);
      this.pause = Math.min(this.pause * 1.2, 20000);
    }
  }

  async ask() {
    try {
      const answer = await fetch(this.dataset.href);
      if (answer.ok && (await answer.json()).state !== this.dataset.state) {
        location.reload();
        return;
      }
    } catch {
      // The line is down: the next question may get through.
    }
    this.next();
  }
}

if (!customElements.get("paid-watch")) {
  customElements.define("paid-watch", PaidWatch);
}
