// What Streamlit's page lacks and has no setting for: the page's language after a switch, roles in the menu,
// names of empty chart marks, and Dutch for its built-in English words. Runs beside Streamlit, changes no data.
(() => {
  "use strict";

  const DUTCH = {
    "Skip to main content": "Ga naar de inhoud",
    "Sidebar": "Zijbalk",
    "App pages": "Pagina's",
    "Navigate to home page": "Naar het overzicht",
    "Collapse sidebar": "Zijbalk sluiten",
    "Expand sidebar": "Menu openen",
    "Main menu": "Hoofdmenu",
    "Link to heading": "Link naar deze kop",
    "Choose an option": "Maak een keuze",
    "Choose options": "Maak een keuze",
    "Select...": "Kies…",
    "Open": "Openen",
    "Close": "Sluiten",
    "Cancel": "Annuleren",
    "Clear all": "Alles wissen",
    "Clear value": "Waarde wissen",
    "Clear entry": "Invoer wissen",
    "Clear date": "Datum wissen",
    "Clear dates": "Datums wissen",
    "Clear selection": "Selectie wissen",
    "Select all": "Alles kiezen",
    "Selected values": "Gekozen waarden",
    "No results": "Niets gevonden",
    "Choose date": "Kies een datum",
    "Choose date range": "Kies een periode",
    "Previous month": "Vorige maand",
    "Next month": "Volgende maand",
    "Previous page": "Vorige pagina",
    "Next page": "Volgende pagina",
    "Show data": "Gegevens tonen",
    "Show chart": "Grafiek tonen",
    "Download as PNG": "Downloaden als PNG",
    "Download as SVG": "Downloaden als SVG",
    "Download as CSV": "Downloaden als CSV",
    "Copy Vega-Lite spec": "Grafiekbeschrijving kopiëren",
    "Copy to clipboard": "Kopiëren",
    "Copied": "Gekopieerd",
    "Fullscreen": "Volledig scherm",
    "Close fullscreen": "Volledig scherm sluiten",
    "Toggle fullscreen": "Volledig scherm aan of uit",
    "Show/hide columns": "Kolommen tonen of verbergen",
    "Search": "Zoeken",
    "Close Search": "Zoeken sluiten",
    "Next Result": "Volgende",
    "Previous Result": "Vorige",
    "Type to search": "Typ om te zoeken",
    "Dataframe column menu": "Kolommenu",
    "Sort ascending": "Oplopend sorteren",
    "Sort descending": "Aflopend sorteren",
    "Pin column": "Kolom vastzetten",
    "Unpin column": "Kolom losmaken",
    "Hide column": "Kolom verbergen",
    "Autosize": "Breedte aanpassen",
    "Format": "Opmaak",
    "Statistics": "Kerngetallen",
    "Upload": "Bestand kiezen",
    "Add files": "Bestanden toevoegen",
    "file upload": "bestand kiezen",
    "Drop file here": "Laat het bestand hier los",
    "Drop files here": "Laat de bestanden hier los",
    "Drag and drop file here": "Sleep een bestand hierheen",
    "Drag and drop files here": "Sleep bestanden hierheen",
    "Browse files": "Bestand kiezen",
    "progress": "voortgang",
    "Press Enter to apply": "Enter: toepassen",
    "Press Enter to submit form": "Enter: verder",
    "Running...": "Bezig…",
    "Stop": "Stop",
    "Stop script": "Stop",
    "Connecting": "Verbinden…",
    "Connecting...": "Verbinden…",
    "Connection error": "Geen verbinding",
    "Notifications": "Meldingen",
    "Vega visualization": "Grafiek",
    "Page not found": "Deze pagina bestaat niet",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "De gevraagde pagina is er niet. U ziet het overzicht.",
  };
  const DUTCH_PATTERNS = [
    [/^Help for (.+)$/, "Uitleg bij $1"],
    [/^Remove (.+)$/, "$1 verwijderen"],
    [/^Upload (.+)$/, "Bestand kiezen: $1"],
    [/^Add: (.+)$/, "Toevoegen: $1"],
    [/^Page (\d+)$/, "Pagina $1"],
    [/^(\d+)\s?MB per file$/, "tot $1 MB per bestand"],
    [/^(\d+)\s?MB per file • (.+)$/, "tot $1 MB per bestand • $2"],
    [/^Limit (\d+)\s?MB per file(.*)$/, "Tot $1 MB per bestand$2"],
    [/^You have requested page (\S+), but no corresponding file was found.*$/, "De pagina $1 bestaat niet. U ziet het overzicht."],
  ];
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
  // Words that people wrote: never translated, even when they happen to equal a built-in string.
  const WRITTEN = '[data-testid="stMarkdownContainer"], [data-testid="stHtml"], [data-testid="stText"], table, svg, style, script, textarea';

  const BUILT_IN = '[data-testid="stFileUploaderDropzone"], [data-testid="stStatusWidget"]';

  const dutch = (text) => {
    const plain = text.trim();
    if (!plain) return text;
    if (Object.hasOwn(DUTCH, plain)) return text.replace(plain, DUTCH[plain]);
    for (const [pattern, words] of DUTCH_PATTERNS) {
      if (pattern.test(plain)) return plain.replace(pattern, words);
    }
    // A chart's buttons are "Fullscreen: <the chart's description>".
    const colon = plain.indexOf(": ");
    const before = colon > 0 ? plain.slice(0, colon) : "";
    return Object.hasOwn(DUTCH, before) ? DUTCH[before] + plain.slice(colon) : text;
  };

  const setAttribute = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };

  const translate = () => {
    for (const name of ATTRIBUTES) {
      for (const element of document.querySelectorAll(`[${name}]`)) {
        if (element.closest("[data-kring-own]")) continue;
        setAttribute(element, name, dutch(element.getAttribute(name)));
      }
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const words = dutch(node.nodeValue);
      if (words === node.nodeValue) continue;
      const within = node.parentElement;
      if (within.closest(BUILT_IN) || !within.closest(WRITTEN)) node.nodeValue = words;
    }
  };

  // The menu is ul > div > header + li: one list a section instead, named after its heading.
  const nameMenu = () => {
    for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
      for (const section of list.children) {
        const heading = section.querySelector('[data-testid="stNavSectionHeader"]');
        if (!heading) continue;
        setAttribute(list, "role", "none");
        setAttribute(section, "role", "list");
        setAttribute(section, "aria-label", heading.querySelector("p")?.textContent ?? "");
        setAttribute(heading, "aria-hidden", "true");
      }
    }
  };

  // Vega names its marks in English, or not at all. The chart's own description and its table say it better.
  const quietCharts = () => {
    for (const drawing of document.querySelectorAll('[data-testid="stVegaLiteChart"] svg, [data-testid="stMetricChart"] svg')) {
      for (const group of drawing.querySelectorAll(":scope > g")) setAttribute(group, "aria-hidden", "true");
      for (const mark of drawing.querySelectorAll('g[role="graphics-symbol"]:not([aria-label])')) mark.removeAttribute("role");
    }
  };

  // A wide table that scrolls can be reached with the keyboard.
  const reachScrollers = () => {
    for (const box of document.querySelectorAll(".kring-scroll")) {
      if (box.scrollWidth > box.clientWidth) setAttribute(box, "tabindex", "0");
      else box.removeAttribute("tabindex");
    }
  };

  // Streamlit calls the drop zone a presentation and names it all the same.
  const nameDropZones = () => {
    for (const zone of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
      zone.setAttribute("role", "group");
    }
  };

  // A message in the corner is a dialog whose name Streamlit points at and does not write.
  const nameMessages = () => {
    for (const toast of document.querySelectorAll('[data-testid="stToast"]')) {
      setAttribute(toast, "aria-label", toast.querySelector("p")?.textContent ?? toast.textContent);
    }
  };

  // What an answer did is heard, and the keyboard goes there when the button it was on is gone.
  let heard = null;
  let heardAt = 0;
  let placed = null;
  const speaker = document.createElement("div");
  speaker.setAttribute("role", "status");
  speaker.className = "kring-hidden";
  const say = () => {
    if (!speaker.isConnected) document.body.append(speaker);
    const told = document.querySelector("[data-kring-say]");
    if (!told) return;
    const turn = told.dataset.kringFocus;
    if (turn !== heard) {
      heard = turn;
      heardAt = Date.now();
      speaker.textContent = told.dataset.kringSay;
    }
    // The button goes a moment after the words come; much later the focus is the reader's own affair.
    if (turn === placed || Date.now() - heardAt > 5000 || document.activeElement !== document.body) return;
    placed = turn;
    told.focus({ preventScroll: true });
  };

  const patch = () => {
    const asked = document.querySelector("[data-kring-language]")?.dataset.kringLanguage;
    if (asked) setAttribute(document.documentElement, "lang", asked);
    nameMenu();
    quietCharts();
    reachScrollers();
    nameDropZones();
    nameMessages();
    say();
    if (document.documentElement.lang === "nl") translate();
  };

  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => { waiting = false; patch(); }, 60);
  };
  const start = () => {
    patch();
    // What is wrong for a screen reader is mended before anything can look at it; words may follow.
    const mend = () => { nameDropZones(); nameMessages(); later(); };
    new MutationObserver(mend).observe(document.body, {
      childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: [...ATTRIBUTES, "role"],
    });
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
