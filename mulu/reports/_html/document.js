"use strict";
(function () {
  const PAGE = 100, PRINTED = 1000, BARS_SHOWN = 10;
  const SEVERITIES = ["error", "warning", "info"];
  const WORDS = {error: ["错误", "error"], warning: ["警告", "warning"], info: ["提示", "info"]};
  const SVG = "http://www.w3.org/2000/svg";
  // The members of a row, in the order in which they are written.
  const SEVERITY = 0, RULE = 1, LEVEL = 2, FILE = 3, PLACE = 4, OWNER = 5, ENTRY = 6, NAME = 7, POINTER = 8, MESSAGE = 9, MEND = 10;
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const field = {severity: find("severity"), level: find("level"), rule: find("rule"), owner: find("owner"), file: find("file")};
  const column = {rule: RULE, owner: OWNER, file: FILE};
  const charts = {rule: data.rules.map((rule) => rule[0]), owner: data.owners, file: data.paths};
  let shown = [], page = 0, haystacks = null;

  const second = () => (root.dataset.language === "en" ? 1 : 0);
  const say = (zh, en) => (second() ? en : zh);
  const number = (value) => value.toLocaleString("en");
  const plain = (text) => text.normalize("NFKC").toLowerCase();

  function make(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function both(texts) {
    const part = document.createDocumentFragment();
    ["zh-CN", "en"].forEach((language, index) => {
      const span = make("span", "", texts[index]);
      span.lang = language;
      part.append(span);
    });
    return part;
  }

  // -- which findings are asked for

  function haystack(index) {
    if (!haystacks) haystacks = new Array(data.rows.length);
    if (haystacks[index] === undefined) {
      const row = data.rows[index];
      haystacks[index] = plain([
        data.paths[row[FILE]], row[PLACE], row[ENTRY], row[NAME], row[POINTER], data.owners[row[OWNER]],
        ...data.rules[row[RULE]], ...data.texts[row[MESSAGE]], ...data.texts[row[MEND]],
      ].join("\n"));
    }
    return haystacks[index];
  }

  function wanted() {
    const asked = {};
    for (const name of Object.keys(field)) asked[name] = field[name].value;
    const words = plain(find("text").value).split(/\s+/).filter(Boolean);
    return (row, index) => {
      if (asked.severity !== "" && row[SEVERITY] !== +asked.severity) return false;
      if (asked.level === "" ? row[LEVEL] > data.level : asked.level !== "all" && row[LEVEL] !== +asked.level) return false;
      for (const name of Object.keys(column)) if (asked[name] !== "" && row[column[name]] !== +asked[name]) return false;
      return words.every((word) => haystack(index).includes(word));
    };
  }

  // What is asked for stands in the address, so that it can be kept and handed on.
  const values = {
    severity: (name) => SEVERITIES.indexOf(name), level: (name) => data.levels.findIndex((level) => level[0] === name),
    rule: (name) => charts.rule.indexOf(name), owner: (name) => data.owners.indexOf(name), file: (name) => data.paths.indexOf(name),
  };
  const names = {
    severity: (key) => SEVERITIES[key], level: (key) => data.levels[key][0],
    rule: (key) => charts.rule[key], owner: (key) => data.owners[key], file: (key) => data.paths[key],
  };

  function remember() {
    const asked = new URLSearchParams();
    if (find("text").value.trim()) asked.set("text", find("text").value);
    for (const name of Object.keys(field)) {
      const value = field[name].value;
      if (value !== "") asked.set(name, value === "all" ? "all" : names[name](+value));
    }
    history.replaceState(null, "", "#" + asked);
  }

  function recall() {
    const asked = new URLSearchParams(location.hash.slice(1));
    find("text").value = asked.get("text") || "";
    for (const name of Object.keys(field)) {
      const value = asked.get(name), key = value === null ? -1 : values[name](value);
      field[name].value = value === "all" && name === "level" ? "all" : key < 0 ? "" : String(key);
      if (field[name].selectedIndex < 0) field[name].value = "";
    }
  }

  const filtered = () => find("text").value.trim() !== "" || Object.values(field).some((select) => select.value !== "");

  // -- the list

  function rowOf(row) {
    const line = make("tr"), severity = SEVERITIES[row[SEVERITY]], cells = Array.from({length: 5}, () => make("td"));
    const mark = make("span", "sev " + severity);
    mark.append(both(WORDS[severity]));
    cells[0].append(mark);
    if (row[LEVEL] > data.level) {
      const later = make("span", "later");
      later.append(both(data.levels[row[LEVEL]].slice(1)));
      cells[0].append(later);
    }
    cells[1].append(make("span", "file", data.paths[row[FILE]]), " ", make("span", "at", row[PLACE]));
    const name = row[NAME] && row[ENTRY] && row[ENTRY] !== row[NAME] ? row[NAME] + " · " + row[ENTRY] : row[NAME] || row[ENTRY];
    const mend = make("span", "mend");
    mend.append(both(data.texts[row[MEND]]));
    cells[2].append(make("span", "name", name), both(data.texts[row[MESSAGE]]), mend);
    const link = make("button", "link"), code = make("code", "", data.rules[row[RULE]][0]);
    link.type = "button";
    link.dataset.opens = data.rules[row[RULE]][0];
    link.append(code);
    cells[3].append(link);
    cells[4].textContent = data.owners[row[OWNER]];
    line.append(...cells);
    return line;
  }

  function list(first, count) {
    find("rows").replaceChildren(...shown.slice(first, first + count).map((index) => rowOf(data.rows[index])));
  }

  function turn(to) {
    const last = Math.max(0, Math.ceil(shown.length / PAGE) - 1);
    page = Math.min(Math.max(0, to), last);
    list(page * PAGE, PAGE);
    find("previous").disabled = page === 0;
    find("next").disabled = page === last;
    find("page").textContent = `${number(page + 1)} / ${number(last + 1)}`;
    document.querySelector(".pages").hidden = last === 0;
  }

  function tell() {
    const all = data.rows.length;
    find("count").textContent = shown.length
      ? say(`显示 ${number(shown.length)} 处，共 ${number(all)} 处`, `${number(shown.length)} of ${number(all)} findings`)
      : say("没有符合条件的问题", "No finding is like that");
  }

  function update() {
    const keep = wanted();
    shown = [];
    data.rows.forEach((row, index) => { if (keep(row, index)) shown.push(index); });
    turn(0);
    tell();
    Object.keys(charts).forEach(chart);
    if (filtered() || location.hash) remember();
  }

  // -- the charts

  const written = {};

  function chart(name) {
    const box = find("by-" + name), holder = box.querySelector("ol");
    // As long as nothing is filtered the bars are those of the page, which count what the page has no room for, too.
    if (!written[name]) written[name] = Array.from(holder.children);
    if (!filtered()) {
      holder.replaceChildren(...written[name]);
    } else {
      const counts = new Map();
      for (const index of shown) {
        const row = data.rows[index], key = row[column[name]];
        if (!counts.has(key)) counts.set(key, [0, 0, 0]);
        counts.get(key)[row[SEVERITY]] += 1;
      }
      const total = (count) => count[0] + count[1] + count[2];
      // Many notes do not stand before one error.
      const graver = (a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2];
      const ordered = Array.from(counts).sort((a, b) => graver(a[1], b[1])).slice(0, 1000);
      const longest = ordered.reduce((most, [, count]) => Math.max(most, total(count)), 1);
      holder.replaceChildren(...ordered.map(([key, count], place) => bar(name, key, count, longest, place)));
    }
    for (const button of holder.querySelectorAll("button")) {
      const key = charts[name].indexOf(button.dataset.key);
      button.setAttribute("aria-pressed", String(field[name].value !== "" && +field[name].value === key));
    }
    more(box, holder.children.length);
  }

  function bar(name, key, count, longest, place) {
    const item = make("li", place >= BARS_SHOWN ? "more" : ""), button = make("button"), label = make("span", "label");
    const svg = document.createElementNS(SVG, "svg");
    let start = 0;
    svg.setAttribute("class", "bar");
    svg.setAttribute("aria-hidden", "true");
    count.forEach((part, index) => {
      if (!part) return;
      const rect = document.createElementNS(SVG, "rect"), share = 100 * part / longest;
      rect.setAttribute("class", SEVERITIES[index]);
      rect.setAttribute("x", start + "%");
      rect.setAttribute("width", share + "%");
      rect.setAttribute("height", "100%");
      svg.append(rect);
      start += share;
    });
    button.type = "button";
    button.dataset.key = charts[name][key];
    label.append(name === "rule" ? both(data.rules[key].slice(1)) : charts[name][key] || both(["（没有写明）", "(none named)"]));
    button.append(label, make("span", "count", number(count[0] + count[1] + count[2])), svg);
    item.append(button);
    return item;
  }

  function more(box, count) {
    let button = box.querySelector(".all-bars");
    if (!button) {
      button = make("button", "all-bars needs-script");
      button.type = "button";
      button.addEventListener("click", () => { box.classList.toggle("all"); more(box, box.querySelectorAll("li").length); });
      box.append(button);
    }
    button.hidden = count <= BARS_SHOWN;
    const open = box.classList.contains("all");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? say("只看前几个", "Fewer") : say(`全部 ${count} 个`, `All ${count}`);
  }

  // -- the choices

  function choices(select, pairs) {
    const before = select.value;
    select.replaceChildren(...pairs.map(([value, text]) => { const option = make("option", "", text); option.value = value; return option; }));
    select.value = before;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  }

  function counted(position) {
    const counts = new Map();
    for (const row of data.rows) counts.set(row[position], (counts.get(row[position]) || 0) + 1);
    return Array.from(counts).sort((a, b) => b[1] - a[1]);
  }

  function fill() {
    const all = ["", say("全部", "All")], at = second();
    choices(field.severity, [all, ...SEVERITIES.map((name, index) => [index, WORDS[name][at]])]);
    choices(field.level, [["", say("计入的", "Those that count")], ["all", say("所有级别", "All levels")], ...data.levels.map((level, index) => [index, level[1 + at]])]);
    choices(field.rule, [all, ...counted(RULE).map(([key, count]) => [key, `${data.rules[key][1 + at]} (${number(count)})`])]);
    choices(field.owner, [all, ...counted(OWNER).map(([key, count]) => [key, `${data.owners[key] || say("（没有写明）", "(none named)")} (${number(count)})`])]);
    choices(field.file, [all, ...counted(FILE).map(([key, count]) => [key, `${data.paths[key]} (${number(count)})`])]);
  }

  function open(name) {
    for (const rule of document.querySelectorAll("details.rule")) {
      if (rule.dataset.rule !== name) continue;
      rule.open = true;
      rule.scrollIntoView({block: "start"});
      rule.querySelector("summary").focus();
    }
  }

  // -- what a person does

  for (const select of Object.values(field)) select.addEventListener("change", update);
  let waiting = 0;
  find("text").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(update, 120); });
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  document.querySelector(".filters").addEventListener("reset", () => setTimeout(update));
  find("previous").addEventListener("click", () => turn(page - 1));
  find("next").addEventListener("click", () => turn(page + 1));
  find("rows").addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens]");
    if (link) open(link.dataset.opens);
  });
  for (const name of Object.keys(charts)) {
    find("by-" + name).addEventListener("click", (event) => {
      const button = event.target.closest("li button");
      if (!button) return;
      const key = charts[name].indexOf(button.dataset.key);
      // What has no room in the page has a bar, but nothing to list.
      if (key < 0) return;
      field[name].value = field[name].value === String(key) ? "" : String(key);
      update();
    });
  }
  find("language").addEventListener("click", () => {
    root.dataset.language = second() ? "zh" : "en";
    root.lang = second() ? "en" : "zh-CN";
    document.title = say("目录校验报告", "Catalog validation report");
    fill();
    tell();
    Object.keys(charts).forEach(chart);
  });
  find("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      find("text").focus();
    }
  });
  addEventListener("beforeprint", () => {
    list(0, PRINTED);
    if (shown.length > PRINTED) {
      find("count").textContent = say(`打印前 ${number(PRINTED)} 处，共 ${number(shown.length)} 处`, `The first ${number(PRINTED)} of ${number(shown.length)} findings are printed`);
    }
  });
  addEventListener("afterprint", () => { turn(page); tell(); });

  for (const element of document.querySelectorAll(".needs-script")) element.hidden = false;
  addEventListener("hashchange", () => { if (location.hash !== "#findings") { recall(); update(); } });
  fill();
  recall();
  update();
})();
