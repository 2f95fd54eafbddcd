"use strict";
(() => {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const store = (value) => { try { localStorage.setItem("theme", value); } catch { /* a page of a file may not keep anything */ } };
  const themes = ["auto", "light", "dark"];
  let theme = themes.includes(stored()) ? stored() : "auto";
  const button = document.getElementById(":theme");
  const show = () => {
    if (theme === "auto") root.removeAttribute("data-theme"); else root.setAttribute("data-theme", theme);
    if (button) button.textContent = `${button.dataset.name}: ${button.dataset[theme]}`;
  };
  show();
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      store(theme);
      show();
    });
  }

  // Printed pages show what is folded on the screen; what was folded is folded again.
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) { one.open = true; opened.push(one); }
  });
  addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });

  // The lines of a box that is pointed at or has the focus stand out.
  for (const diagram of document.querySelectorAll("svg.diagram")) {
    const mark = (event) => {
      const box = event.type === "mouseover" || event.type === "focusin" ? event.target.closest("a") : null;
      for (const line of diagram.querySelectorAll("path")) {
        line.classList.toggle("on", box !== null && line.dataset.of.split(" ").includes(box.dataset.box));
      }
    };
    for (const type of ["mouseover", "mouseout", "focusin", "focusout"]) diagram.addEventListener(type, mark);
  }

  const data = document.getElementById(":index");
  if (!data) return;
  const index = JSON.parse(data.textContent);
  const names = JSON.parse(document.getElementById(":names").textContent);
  const input = document.getElementById(":q");
  const results = document.getElementById(":results");
  const count = document.getElementById(":count");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  for (const one of index) { one.name = plain(one.n); one.title = plain(one.t); }
  const MOST = 100;

  // The whole name first, then a beginning, then a part; each word must be somewhere.
  const rank = (one, words) => {
    let total = 0;
    for (const word of words) {
      const last = one.name.slice(one.name.lastIndexOf(".") + 1);
      if (one.name === word || one.title === word || last === word) total += 0;
      else if (one.title.startsWith(word) || one.name.startsWith(word)) total += 1;
      else if (one.title.includes(word) || one.name.includes(word)) total += 2;
      else return -1;
    }
    return total;
  };
  const search = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    results.replaceChildren();
    if (!words.length) { count.textContent = ""; return; }
    const found = [];
    for (const one of index) {
      const value = rank(one, words);
      if (value >= 0) found.push([value, one]);
    }
    found.sort((a, b) => a[0] - b[0] || a[1].title.length - b[1].title.length);
    count.textContent = found.length
      ? `${count.dataset.found} ${found.length}${found.length > MOST ? count.dataset.first : ""}` : count.dataset.none;
    for (const [, one] of found.slice(0, MOST)) {
      const item = document.createElement("li");
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = names[one.k];
      const link = document.createElement("a");
      link.href = one.u;
      link.textContent = one.t;
      const code = document.createElement("code");
      code.textContent = one.n;
      item.append(kind, " ", link, " ", code);
      results.append(item);
    }
  };
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  input.addEventListener("input", search);
  input.form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  search();
  if (!input.value) input.focus();
})();
