/** The page of the RUN pane. */
import "../kit/kit.css";
import { byId, fill, make } from "../kit/dom";

fill(byId("root"), make("h1", { class: "unseen" }, document.title));
