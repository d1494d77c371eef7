"use strict";

const one = (hook, root = document) => root.querySelector(hook);
const all = (hook, root = document) => [...root.querySelectorAll(hook)];

// Fields that a framework replaces after loading: what was typed before is lost.
function attachLate(form, wait) {
  setTimeout(() => {
    for (const field of all("input:not([type=hidden]):not([type=file]), textarea", form)) {
      const fresh = field.cloneNode(true);
      fresh.value = field.defaultValue;
      field.replaceWith(fresh);
    }
    for (const button of all("button[disabled]", form)) button.disabled = false;
    const loading = one("[data-loading]");
    if (loading) loading.remove();
    if (form.id === "invoice_form") startForm(form);
  }, wait);
}

function post(address, token) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "authenticity_token";
  field.value = token;
  form.append(field);
  document.body.append(form);
  form.submit();
}

// Ids with a counter change whenever the lines are drawn again; names are numbered from nought.
function redraw(form) {
  let counter = Number(form.dataset.counter) + 1000;
  all("[data-line]", form).forEach((line, index) => {
    for (const field of all("[name]", line)) field.name = field.name.replace(/\[\d+\]/, `[${index}]`);
    for (const field of all("[id]", line)) field.id = field.id.replace(/\d+$/, String(++counter));
  });
  form.dataset.counter = String(counter);
}

async function calculate(form) {
  const spinner = one("[data-spinner]", form);
  spinner.hidden = false;
  const body = new FormData(form);
  body.delete("invoice_header[image_scan]");
  const answer = await fetch("/supplier_invoices/calculate", { method: "POST", body });
  const said = await answer.json();
  const wrong = one("[data-wrong]", form);
  wrong.hidden = !said.wrong.length;
  wrong.textContent = said.wrong.join(" ");
  for (const name of ["net", "tax", "total"]) if (said[name]) one(`[data-total=${name}]`, form).textContent = said[name];
  all("[data-line-total]", form).forEach((cell, index) => { if (said.lines) cell.textContent = said.lines[index]; });
  spinner.hidden = true;
}

function startForm(form) {
  const details = one("[data-details]");
  const ready = one("[data-ready]");
  const commit = one("[data-commit]", form);
  if (details.hasAttribute("data-open")) details.showModal();
  const keep = one("[data-details-save]", details);
  if (keep) keep.addEventListener("click", () => {
    for (const choice of all("[data-choice]", details)) one(`[data-detail=${choice.dataset.choice}]`, form).value = choice.value;
    one("[data-shows=legal_entity]", form).textContent = one("[data-choice=legal_entity]", details).value;
    details.close();
  });
  form.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove]");
    if (remove) {
      remove.closest("[data-line]").remove();
      redraw(form);
    }
  });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (commit.value === "") commit.value = button ? button.dataset.button : "";
    if (button && "disableOnClick" in button.dataset) setTimeout(() => { button.disabled = true; }, 0);
  });
  one("[data-calculate]", form).addEventListener("click", () => calculate(form));
  one("[data-send]", form).addEventListener("click", () => ready.showModal());
  one("[data-continue]", ready).addEventListener("click", () => ready.close());
  one("[data-send-now]", ready).addEventListener("click", () => {
    commit.value = "Submit";
    form.submit();
  });
}

async function choose(customer) {
  await fetch("/customer", { method: "POST", body: new URLSearchParams({ customer }) });
  location.reload();
}

async function customers(text) {
  const answer = await fetch(`/customers?q=${encodeURIComponent(text)}`);
  return answer.ok ? answer.json() : [];
}

function startCombobox(input) {
  const list = document.createElement("ul");
  list.setAttribute("role", "listbox");
  list.className = "s-customerList";
  list.hidden = true;
  input.after(list);
  const offer = async (text) => {
    const found = await customers(text);
    list.replaceChildren(...found.map((each) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.textContent = each.name;
      item.addEventListener("mousedown", () => choose(each.id));
      return item;
    }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    return found;
  };
  input.addEventListener("focus", () => { input.select(); offer(""); });
  input.addEventListener("input", () => offer(input.value));
  input.addEventListener("blur", () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); });
  input.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const found = await customers(input.value);
    const exact = found.filter((each) => each.name.toLowerCase() === input.value.toLowerCase());
    if (exact.length === 1) choose(exact[0].id);
    else if (found.length === 1) choose(found[0].id);
  });
}

function startSelect2(box) {
  const shown = one("#select2-selected_customer-container", box);
  const drop = one(".select2-dropdown", box);
  const field = one("input", drop);
  const list = one("ul", drop);
  const offer = async () => {
    list.replaceChildren(...(await customers(field.value)).map((each) => {
      const item = document.createElement("li");
      item.className = "select2-results__option";
      item.setAttribute("role", "option");
      item.textContent = each.name;
      item.addEventListener("click", () => choose(each.id));
      return item;
    }));
  };
  const toggle = () => {
    drop.hidden = !drop.hidden;
    shown.setAttribute("aria-expanded", String(!drop.hidden));
    if (!drop.hidden) { field.focus(); offer(); }
  };
  shown.addEventListener("click", toggle);
  shown.addEventListener("keydown", (event) => { if (event.key === "Enter") toggle(); });
  field.addEventListener("input", offer);
}

document.addEventListener("DOMContentLoaded", () => {
  const login = one("form[data-late]");
  if (login) attachLate(login, Number(login.dataset.late));
  const invoice = one("form[data-attach]");
  if (invoice) attachLate(invoice, Number(invoice.dataset.attach));
  if (one("[data-done]")) parent.postMessage("password taken", "*");
  const identity = one("#identityLoginIframe");
  if (identity) addEventListener("message", (event) => {
    if (event.data === "password taken" && event.source === identity.contentWindow) location.assign(identity.dataset.then);
  });
  const combobox = one("input[role=combobox]");
  if (combobox) startCombobox(combobox);
  const select2 = one("[data-select2]");
  if (select2) startSelect2(select2);
  for (const field of all("[data-submits]")) field.addEventListener("change", () => field.form.submit());
  for (const button of all("[data-close]")) button.addEventListener("click", () => button.closest("[data-overlay]").remove());
  for (const button of all("[data-post]")) button.addEventListener("click", () => {
    if (confirm(button.dataset.sure)) post(button.dataset.post, button.dataset.token);
  });
});
