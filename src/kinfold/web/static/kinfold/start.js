// Starts GOV.UK's and MOJ's own behaviours. Every page works without them.
import { initAll } from "../govuk/govuk-frontend.min.js";
import { initAll as initMoj } from "../moj/moj-frontend.min.js";

initAll();
initMoj();
