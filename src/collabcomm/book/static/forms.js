/** What a lesson's forms need of a script: the card to print or save, and the way out. */

const TAPS = 3; // of Escape: one or two close a menu or a dialog
const WITHIN = 1500; // milliseconds between the first and the last

/** The quiet way out: the page is gone at once, and Back does not return to it. */
export function leaving() {
  /** @type {HTMLAnchorElement | null} */
  const link = document.querySelector(".leave-link");
  if (!link) return;
  const leave = () => {
    document.title = " ";
    document.body.hidden = true;
    location.replace(link.href);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  /** @type {number[]} */
  let taps = [];
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    const now = Date.now();
    taps = event.key === "Escape" ? [...taps.filter((tap) => now - tap < WITHIN), now] : [];
    if (taps.length >= TAPS) leave();
  });
  link.parentElement?.querySelector(".leave-hint")?.removeAttribute("hidden");
}

/** On paper everything is open; afterwards it is as it was. */
export function printing() {
  /** @type {Element[]} */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const details of opened) details.setAttribute("open", "");
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.removeAttribute("open");
  });
}

/** The buttons of a card: it alone goes to the printer, or into a file that opens anywhere. */
export function tools() {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll("[data-tool]");
  for (const button of buttons) {
    const card = button.closest(".tool")?.querySelector(".tool-card");
    if (!card) continue;
    button.parentElement?.removeAttribute("hidden");
    button.addEventListener("click", () => {
      if (button.dataset.tool === "print") printAlone(card);
      else save(card);
    });
  }
}

/** @param {Element} card */
function printAlone(card) {
  card.classList.add("print-alone");
  document.body.classList.add("prints-card");
  const done = () => {
    document.body.classList.remove("prints-card");
    card.classList.remove("print-alone");
  };
  addEventListener("afterprint", done, { once: true }); // print() returns at once on some phones
  print();
}

const STYLE = "body{font:1.05rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;" +
  "padding:0 1rem}table{width:100%;border-collapse:collapse}th,td{border:1px solid;" +
  "padding:.4rem;text-align:left;vertical-align:top}td:empty{height:2.5rem}ul{list-style:none;" +
  "padding:0}.gap{display:inline-block;width:9rem;overflow:hidden;border-bottom:1px solid;" +
  "text-indent:10rem;white-space:nowrap}";

/** @param {Element} card */
function save(card) {
  const title = card.getAttribute("aria-label") ?? "";
  const made = document.implementation.createHTMLDocument(title);
  made.body.append(made.importNode(card, true));
  for (const link of made.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  // As text, since the page's policy forbids styles in whatever document it makes.
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `${made.querySelector("title")?.outerHTML}<style>${STYLE}</style>`;
  const { lang } = document.documentElement;
  const text = `<!doctype html>\n<html lang="${lang}"><head>${head}</head>` +
    `${made.body.outerHTML}</html>\n`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/html" }));
  link.download = `${title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-")}.html`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
