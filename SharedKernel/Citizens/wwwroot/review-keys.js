// <review-keys>: presses the button whose data-key was typed, unless a field has the focus.
customElements.get('review-keys') ?? customElements.define('review-keys', class extends HTMLElement {
  connectedCallback() {
    this.keys = event => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
      const button = this.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (button) { event.preventDefault(); button.click(); }
    };
    document.addEventListener('keydown', this.keys);
  }
  disconnectedCallback() { document.removeEventListener('keydown', this.keys); }
});
