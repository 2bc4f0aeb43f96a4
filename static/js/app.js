// Boots everything. Each module listens on the document, so swapped-in markup needs no set-up.
import * as articles from "./articles.js";
import * as clocks from "./clocks.js";
import * as composer from "./composer.js";
import { $, $$, expire } from "./dom.js";
import * as drafts from "./drafts.js";
import * as files from "./files.js";
import * as keys from "./keys.js";
import * as menus from "./menus.js";
import * as picker from "./picker.js";
import * as pop from "./pop.js";
import * as queue from "./queue.js";
import * as session from "./session.js";
import * as swaps from "./swaps.js";
import * as theme from "./theme.js";
import * as ticket from "./ticket.js";
import * as times from "./times.js";

for (const module of [session, swaps, picker, menus, pop, drafts, files, composer, articles, clocks, queue, ticket, theme, times, keys]) module.start();
for (const item of $$("#toasts [data-toast]")) expire(item, 6000);
keys.bind("/", () => ($("#top-search") ? ($("#top-search").focus(), true) : false));
document.documentElement.dataset.ready = "";
