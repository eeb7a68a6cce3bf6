import { render } from "preact";
import { App } from "./app.tsx";
import { takeLink } from "./link.ts";
import "./page.css";

render(<App link={takeLink()} />, document.body);
