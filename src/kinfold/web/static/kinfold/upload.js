// Shows how far an upload is. Without script the form is sent as any other, and the browser shows its own bar.
const tell = { last: -1 };

function show(loaded, total) {
  const box = document.getElementById("upload-progress");
  const share = total ? Math.floor((loaded / total) * 100) : 0;
  if (!box) return;
  box.hidden = false;
  document.getElementById("upload-bar").value = share;
  // A screen reader hears every tenth part, not every packet.
  if (Math.floor(share / 10) !== tell.last) {
    tell.last = Math.floor(share / 10);
    document.getElementById("upload-said").textContent =
      share < 100 ? `${share}% of the files sent` : "All sent. They are being written down.";
  }
}

document.body.addEventListener("htmx:xhr:progress", ({ detail, target }) => {
  if (target.id === "upload") show(detail.loaded, detail.total);
});

// The part that htmx put in place is as if freshly loaded: what went wrong comes into view and has the focus.
document.body.addEventListener("htmx:afterSwap", () => {
  tell.last = -1;
  const summary = document.querySelector(".govuk-error-summary");
  if (summary) {
    summary.setAttribute("tabindex", "-1");
    summary.focus();
  }
});
