// <details data-menu> as menus, native dialogs, tooltips, tabs that need no server.
import { $, $$, on } from "./dom.js";
import { bind } from "./keys.js";

const ITEMS = ".menu__item:not([hidden]), .menu__panel input, .menu__panel select, .menu__panel textarea, .menu__panel .btn";

export function closeMenus(except) {
  for (const menu of $$("details[data-menu][open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

function place(menu) {
  const panel = $(".menu__panel", menu);
  if (!panel) return;
  panel.classList.remove("is-flipped-x", "is-flipped-y");
  const box = panel.getBoundingClientRect();
  if (box.right > innerWidth - 4) panel.classList.add("is-flipped-x");
  if (box.left < 4) panel.classList.add("is-flipped-x-start");
  if (box.bottom > innerHeight - 4 && menu.getBoundingClientRect().top > box.height) panel.classList.add("is-flipped-y");
}

function menuKeys(event, menu) {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    menu.open = false;
    $("summary", menu).focus();
    event.stopPropagation();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("select, textarea, input[type=date], .picker__input")) return;
  if (!menu.open && event.target.matches("summary")) menu.open = true;
  const items = $$(ITEMS, menu).filter((item) => item.getClientRects().length);
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
  event.preventDefault();
}

export function openDialog(dialog, opener) {
  if (!dialog.open) {
    dialog.opener = opener ?? document.activeElement;
    dialog.showModal();
    const first = $("[data-focus], .dialog__body :is(input:not([type=hidden], [readonly]), select, textarea)", dialog);
    first?.focus();
  }
}

export function closeDialog(dialog) {
  if (dialog?.open) dialog.close();
}

let tip;

function showTip(element) {
  hideTip();
  tip = document.createElement("div");
  tip.className = "tip";
  tip.textContent = element.dataset.tip;
  if (element.dataset.key && document.documentElement.dataset.shortcuts === "on") {
    const key = document.createElement("kbd");
    key.textContent = element.dataset.key.length === 1 ? element.dataset.key.toUpperCase() : element.dataset.key;
    tip.append(key);
  }
  tip.setAttribute("popover", "manual");
  document.body.append(tip);
  tip.showPopover?.();
  const box = element.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const left = Math.max(4, Math.min(innerWidth - own.width - 4, box.left + box.width / 2 - own.width / 2));
  const below = box.bottom + 6 + own.height < innerHeight;
  const top = below ? box.bottom + 6 : box.top - own.height - 6;
  tip.style.inset = `${top}px auto auto ${left}px`;
}

function hideTip() {
  tip?.remove();
  tip = undefined;
}

export function start() {
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!menu.matches?.("details[data-menu]") || !menu.open) return;
      closeMenus(menu);
      place(menu);
      const first = $("[data-menu-focus]", menu);
      if (first) first.focus();
    },
    true,
  );
  on("keydown", "details[data-menu]", menuKeys);
  on("click", "details[data-menu] .menu__item:not([data-stay])", (_event, item) => {
    if (!item.closest("form, .segmented") || item.matches("button")) {
      const menu = item.closest("details");
      setTimeout(() => {
        menu.open = false;
      });
    }
  });
  on("click", "[data-dialog]", (_event, opener) => openDialog(document.getElementById(opener.dataset.dialog), opener));
  on("click", "[data-dialog-close]", (_event, button) => closeDialog(button.closest("dialog")));
  on("click", "[data-toast-close]", (_event, button) => button.closest("[data-toast]").remove());
  // What opened the dialog may have been drawn anew, or be about to be: it is found by its name.
  document.addEventListener(
    "close",
    ({ target: { opener } }) => {
      if (!opener) return;
      if (opener.id) document.body.dataset.lastFocus = opener.id;
      (opener.isConnected ? opener : opener.id && document.getElementById(opener.id))?.focus?.();
    },
    true,
  );
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id !== "modal-body") return;
    if (detail.target.childElementCount) openDialog($("#modal"), detail.requestConfig.elt);
    else closeDialog($("#modal"));
  });
  document.body.addEventListener("modal:close", () => closeDialog($("#modal")));
  on("pointerover", "[data-tip]", (event, element) => event.pointerType !== "touch" && showTip(element));
  on("pointerout", "[data-tip]", hideTip);
  // Focus may come from a popover that is just being shown, which lets no other be shown.
  on("focusin", "[data-tip]", (_event, element) =>
    setTimeout(() => element === document.activeElement && element.matches(":focus-visible") && showTip(element)),
  );
  on("focusout", "[data-tip]", hideTip);
  addEventListener("scroll", hideTip, { capture: true, passive: true });
  on("click", "[data-shortcut-sheet]", () => openDialog($("#shortcuts")));
  bind("?", () => ($("#shortcuts") ? openDialog($("#shortcuts")) : false));
  on("click", "[data-rail-open]", (_event, button) => {
    const open = $("#rail").classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
  });
  on("click", "[data-rail-collapse]", () => {
    const root = document.documentElement;
    const collapsed = root.dataset.rail !== "collapsed";
    if (collapsed) root.dataset.rail = "collapsed";
    else delete root.dataset.rail;
    document.cookie = `rail=${collapsed ? "collapsed" : ""}; path=/; max-age=31536000; samesite=lax`;
  });
  on("click", "[data-copy]", async (_event, button) => {
    await navigator.clipboard?.writeText(button.dataset.copy);
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: `${$("#words").dataset.copied}: ${button.dataset.copy}` } }));
  });
  on("click", "[data-print]", () => print());
}
