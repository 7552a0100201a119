// <commune-picker>: fills its datalist with the communes that fit what is typed. Without this script the text is read by the server alone.
customElements.get('commune-picker') ?? customElements.define('commune-picker', class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector('input');
    const list = this.querySelector('datalist');
    let asked = 0;
    input?.addEventListener('input', async () => {
      const mine = ++asked;
      if (input.value.trim().length < 2) return;
      const answer = await fetch(`/api/places/communes?limit=12&q=${encodeURIComponent(input.value)}`);
      // A slow answer to an older question must not replace a newer one's.
      if (!answer.ok || mine !== asked) return;
      list.replaceChildren(...(await answer.json()).map(commune => new Option('', commune.fullName)));
    });
  }
});
