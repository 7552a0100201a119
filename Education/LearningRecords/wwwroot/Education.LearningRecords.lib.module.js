// Blazor loads this on every page. Enhanced navigation runs no <script> of the page it brings, so what pages need is looked for here.
export function afterWebStarted(blazor) {
  const load = () => {
    if (document.querySelector('mark-grid')) import('./Assessment/GradebookPage.razor.js');
    if (document.querySelector('record-verifier')) import('./Transcripts/VerifyPage.razor.js');
  };
  load();
  blazor.addEventListener('enhancedload', load);
  document.addEventListener('click', event => {
    if (event.target.closest('[data-print]')) window.print();
  });
}
