/* The only entry. Each module attaches itself by data- attributes; its head says which. */
import "./css/main.css";
import htmx from "htmx.org";
import "./js/theme.js";
import "./js/toast.js";
import "./js/page.js";
import "./js/dialog.js";
import "./js/drawer.js";
import "./js/rank.js";
import "./js/select.js";
import "./js/palette.js";
import "./js/keys.js";
import "./js/inline.js";
import "./js/lines.js";
import "./js/live.js";

window.htmx = htmx;
