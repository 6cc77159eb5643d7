// What pages do beyond links and forms: exchange the token, open groups in place, and watch a run. All else works without this.

const api = document.body.dataset.api;

// The token stands behind the #, which no server and no log sees. It goes to the server once, for a cookie.
const token = /^#token=([\w-]+)$/.exec(location.hash);
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  if (document.body.dataset.page === "sign-in") {
    const said = await fetch(`${api}/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: token[1] }),
    });
    if (said.ok) location.reload();
    else document.querySelector("[data-wrong]").hidden = false;
  }
}

// A group opens where it stands. Its link leads to a page of its own, for whoever wants that.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-opens]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const place = document.getElementById(link.dataset.opens);
  const open = link.getAttribute("aria-expanded") === "true";
  link.setAttribute("aria-expanded", String(!open));
  place.hidden = open;
  if (open || place.childElementCount) return;
  place.setAttribute("aria-busy", "true");
  const said = await fetch(`${link.href}&part=true`).catch(() => null);
  if (said?.ok) place.innerHTML = await said.text(); // made and escaped by the server
  else location.assign(link.href);
  place.removeAttribute("aria-busy");
});

// A form that was sent says so. Sent twice, it comes to the same.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.dataset.busy) {
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.busy;
  }
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

document.addEventListener("keydown", (event) => {
  const field = document.querySelector("input[type=search]");
  if (event.key !== "/" || !field || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  event.preventDefault();
  field.focus();
});

const run = document.querySelector("[data-run]");
if (run) {
  const bar = run.querySelector("progress");
  const done = run.querySelector("[data-done]");
  const failures = run.querySelector("[data-failures]");
  const events = new EventSource(`${api}/runs/${run.dataset.run}/events`);
  const show = (number) => {
    bar.value = number;
    done.textContent = number.toLocaleString("en");
  };
  events.addEventListener("progress", (event) => show(JSON.parse(event.data).done));
  events.addEventListener("rolling-back", (event) => {
    run.querySelector("[data-state]").textContent = "Being taken back";
    show(JSON.parse(event.data).remaining);
  });
  events.addEventListener("operation-failed", () => {
    failures.hidden = false;
  });
  const lost = run.querySelector("[data-lost]");
  events.addEventListener("open", () => {
    lost.hidden = true;
  });
  events.addEventListener("error", () => {
    lost.hidden = false;
    // A browser gives up for good where it is refused.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  events.addEventListener("run", () => {
    events.close();
    location.reload();
  });
}
