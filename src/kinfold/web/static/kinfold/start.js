// Starts GOV.UK's and MOJ's own behaviours. Every page works without them.
import { initAll } from "../govuk/govuk-frontend.min.js";
import { initAll as initMoj } from "../moj/moj-frontend.min.js";

initAll();
initMoj();

// A browser leaves alone what is already on screen, even under the child's banner: what has the focus is moved clear.
const banner = document.querySelector(".kf-identity");
const gap = 20;

function moveClear({ target }) {
  const cover = banner.getBoundingClientRect();
  const at = target.getBoundingClientRect();
  const isCovered = cover.top <= 0 && at.top < cover.bottom && at.bottom > cover.top;
  if (isCovered && !banner.contains(target) && at.height < window.innerHeight / 2) {
    window.scrollBy(0, at.top - cover.bottom - gap);
  }
}

if (banner && getComputedStyle(banner).position === "sticky") document.addEventListener("focusin", moveClear);
