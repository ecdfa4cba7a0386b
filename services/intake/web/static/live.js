// Saves a questionnaire's page while people type and shows the questions their answers make relevant.
// Every answer still goes to the server, which alone decides; without this script the pages do the same step by step.

const AFTER_TYPING_MS = 1200;
const AFTER_CHOOSING_MS = 150;
const AGAIN_MS = 5000;

const form = document.querySelector("form[data-live]");
const savedLine = document.getElementById("live-saved");
const awayLine = document.getElementById("live-away");
let timer = 0;
let running = null;
let unsaved = false;
let leaving = false;

function soon(delay) {
  unsaved = true;
  clearTimeout(timer);
  timer = setTimeout(save, delay);
}

function typed() {
  return new URLSearchParams(new FormData(form));
}

function save() {
  clearTimeout(timer);
  timer = 0;
  if (leaving || running) return;
  unsaved = false;
  running = send().finally(() => {
    running = null;
    if (unsaved && !timer) save();
  });
}

async function send() {
  try {
    const answer = await fetch(form.dataset.live, { method: "POST", body: typed(), redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    merge(page);
    tell(true);
  } catch {
    tell(false);
    soon(AGAIN_MS);
  }
}

function tell(kept) {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(new Date());
  savedLine.textContent = kept ? savedLine.dataset.text.replace("{time}", time) : "";
  const text = kept ? "" : awayLine.dataset.text;
  if (awayLine.textContent !== text) awayLine.textContent = text;
  awayLine.hidden = kept;
}

// Blocks keep their element, so that nobody loses the cursor or what was typed since.
function merge(page) {
  const fresh = page.getElementById("questions");
  const shown = document.getElementById("questions");
  if (!fresh) throw new Error("another page");
  const known = new Map([...shown.children].map((block) => [block.dataset.key, block]));
  let before = null;
  for (const block of [...fresh.children]) {
    const own = known.get(block.dataset.key);
    known.delete(block.dataset.key);
    const kept = own && (own.contains(document.activeElement) || alike(own, block));
    const placed = kept ? own : document.importNode(block, true);
    if (own && !kept) own.replaceWith(placed);
    else if (!own) (before ? before.after(placed) : shown.prepend(placed));
    before = placed;
  }
  for (const gone of known.values()) if (!gone.contains(document.activeElement)) gone.remove();
  for (const name of ["shown", "carried"]) form.elements[name].value = page.querySelector(`[name=${name}]`).value;
  const names = [...shown.children].map((block) => block.dataset.key);
  form.elements.shown.value = form.elements.shown.value.split(" ").filter((key) => names.includes(key)).join(" ");
  for (const id of ["progress-text", "progress"]) document.getElementById(id)?.replaceWith(page.getElementById(id));
}

// Two blocks are alike when they say and offer the same; what was typed and which fault was shown do not matter.
function alike(one, other) {
  return words(one) === words(other) && offers(one) === offers(other);
}

function words(block) {
  const copy = block.cloneNode(true);
  for (const fault of copy.querySelectorAll(".error-message, textarea, option")) fault.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function offers(block) {
  return [...block.querySelectorAll("input:not([type=text]), option")].map((one) => one.value).join(" ");
}

if (form) {
  form.addEventListener("input", () => soon(AFTER_TYPING_MS));
  form.addEventListener("change", () => soon(AFTER_CHOOSING_MS));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (running) {
      event.preventDefault();
      running.then(() => form.requestSubmit(event.submitter));
      return;
    }
    leaving = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && unsaved && !leaving) navigator.sendBeacon(form.dataset.live, typed());
  });
  addEventListener("online", () => unsaved && save());
  addEventListener("pageshow", () => { leaving = false; });
}
