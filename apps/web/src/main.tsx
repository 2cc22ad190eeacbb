import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserBoot } from "./boot/browser-boot.ts";
import { guardDrops } from "./platform/drops.ts";
import { guardLeaving } from "./platform/leaving.ts";
import { createPagePlatform } from "./platform/page.ts";
import { App } from "./views/App.tsx";
import "./styles/all.css";

const root = document.getElementById("root");
if (root === null) throw new TypeError("the page has no root");
const boot = createBrowserBoot();
guardDrops(document);
guardLeaving(window, () => boot.isStoring());
createRoot(root).render(
  <StrictMode>
    <App boot={boot} platform={createPagePlatform(window)} />
  </StrictMode>,
);
