// What the pages do beyond forms and links. Everything works without it, by sending the forms.

document.documentElement.classList.add("js");

const drop = document.getElementById("drop");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const over = (event) => { event.preventDefault(); drop.classList.add("over"); };
  const out = () => drop.classList.remove("over");
  drop.addEventListener("dragover", over);
  drop.addEventListener("dragleave", out);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    out();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      drop.requestSubmit();
    }
  });
  // A file that misses the zone must not replace the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
}

// The review queue by keyboard.
const queue = document.getElementById("queue");
if (queue) {
  const keys = document.getElementById("keys");
  const hits = () => [...queue.querySelectorAll("a.hit")];
  const current = () => hits().findIndex((hit) => hit.hasAttribute("aria-current"));
  const form = () => document.getElementById("decide");

  const mark = (hit) => {
    for (const other of hits()) other.removeAttribute("aria-current");
    hit.setAttribute("aria-current", "true");
    hit.scrollIntoView({ block: "nearest" });
  };
  // A key pressed while the next hit is still on its way is meant for that one.
  const waiting = [];
  let loading = null;
  const open = (step) => {
    const hit = hits()[current() + step];
    if (hit) hit.click();
  };
  const choose = (state) => {
    const buttons = [...(form()?.querySelectorAll(`fieldset[data-state="${state}"] input`) ?? [])];
    if (!buttons.length) return;
    const next = buttons[(buttons.findIndex((button) => button.checked) + 1) % buttons.length];
    next.checked = true;
    next.focus();
  };
  const chooseNumber = (number) => {
    const chosen = form()?.querySelector("input[name=choice]:checked");
    const button = chosen?.closest("fieldset").querySelectorAll("input")[number - 1];
    if (button) { button.checked = true; button.focus(); }
  };
  const actions = {
    j: () => open(1),
    k: () => open(-1),
    f: () => choose("false_positive"),
    t: () => choose("true_match"),
    e: () => choose("escalated"),
    o: () => choose("open"),
    n: () => document.getElementById("note")?.focus(),
    i: () => document.getElementById("identical")?.click(),
    "?": () => (keys.open ? keys.close() : keys.showModal()),
    Enter: () => form()?.requestSubmit(),
  };

  const act = (key) => (actions[key] ?? (() => chooseNumber(Number(key))))();

  queue.addEventListener("click", (event) => {
    const hit = event.target.closest("a.hit");
    if (!hit || event.ctrlKey || event.metaKey || event.shiftKey) return;
    mark(hit);
    loading = hit.dataset.hit;
  });
  document.addEventListener("submit", (event) => {
    if (event.target === form()) event.target.elements.next.value = hits()[current() + 1]?.dataset.hit ?? "";
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const writes = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    if (event.key === "Escape" && writes) { event.target.blur(); return; }
    if (writes || (event.key === "Enter" && event.target.matches("a, button, summary"))) return;
    const moves = "jk?".includes(event.key);
    if (!(event.key in actions) && !/^[1-9]$/.test(event.key)) return;
    event.preventDefault();
    if (moves) waiting.length = 0;
    if (!moves && loading) waiting.push(event.key);
    else act(event.key);
  });
  new MutationObserver(() => {
    if (document.querySelector("#hit article")?.dataset.hit !== loading) return;
    loading = null;
    while (waiting.length) act(waiting.shift());
  }).observe(document.getElementById("hit"), { childList: true, subtree: true });
  const button = document.getElementById("show-keys");
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}
