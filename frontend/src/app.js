import "./css/main.css";
import htmx from "htmx.org";
window.htmx = htmx;
