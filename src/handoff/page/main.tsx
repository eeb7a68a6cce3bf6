import { render } from "preact";
import { App } from "./app.tsx";
import { takeLink } from "./link.ts";
import { language } from "./messages/language.ts";
import "./styles/page.css";

document.documentElement.lang = language;
render(<App link={takeLink()} />, document.body);
