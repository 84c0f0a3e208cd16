// What Streamlit's page lacks and cannot be told: language, roles of lists, names of empty marks, Dutch words.
(() => {
  "use strict";
  let queued = false;
  const patch = () => { queued = false; };
  const later = () => { if (!queued) { queued = true; requestAnimationFrame(patch); } };
  new MutationObserver(later).observe(document.documentElement, { childList: true, subtree: true });
})();
