// The page of the API with more convenience: answers beside their forms, arguments of paths, commands for a terminal.
// Without it, the forms of the page work as forms do. What comes from the server is inserted as text only.
"use strict";

const SHOWN = 200000; // characters of an answer that the page shows

function make(name, text, parent, className) {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  if (parent) parent.append(element);
  return element;
}

// A form's fields hide its own members of the same name (form.after is a field here), so forms are reached from outside.
function fieldsOf(operation) {
  const fields = [...new FormData(operation.querySelector("form"))];
  return fields.filter(([name, value]) => value !== "" || operation.querySelector(`[type=checkbox][name="${name}"]`));
}

function addressOf(operation) {
  const path = operation.dataset.path.replace(/\{(\w+)\}/g, (whole, name) =>
    encodeURIComponent(operation.querySelector(`[data-argument="${name}"]`).value));
  const query = new URLSearchParams(operation.dataset.method === "GET" ? fieldsOf(operation) : []);
  return query.size ? `${path}?${query}` : path;
}

function bodyOf(operation) {
  return operation.dataset.method === "POST" ? new URLSearchParams(fieldsOf(operation)) : undefined;
}

function headersOf(operation) {
  const accept = operation.querySelector(".accept select");
  return accept ? { Accept: accept.value } : {};
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function commandFor(operation) {
  const parts = ["curl", quoted(new URL(addressOf(operation), location.href).href)];
  for (const [name, value] of Object.entries(headersOf(operation))) parts.push("-H", quoted(`${name}: ${value}`));
  for (const [name, value] of bodyOf(operation) || []) parts.push("--data-urlencode", quoted(`${name}=${value}`));
  return parts.join(" ");
}

function readable(text, type) {
  if (!/json/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function show(answer, response, text, took) {
  const from = response.redirected ? `, from ${response.url}` : "";
  const size = `${text.length.toLocaleString("en")} characters`;
  make("p", `${response.status} ${response.statusText}, ${took} ms, ${size}${from}`, answer, "status");
  const headers = make("details", "", answer);
  make("summary", "Headers", headers);
  const list = make("dl", "", headers, "facts");
  for (const [name, value] of response.headers) {
    make("dt", name, list);
    make("dd", value, list);
  }
  const whole = readable(text, response.headers.get("Content-Type") || "");
  if (whole.length > SHOWN) make("p", `These are the first ${SHOWN} of ${whole.length} characters.`, answer, "quiet");
  const scroll = make("div", "", answer, "scroll");
  scroll.tabIndex = 0;
  make("code", whole.slice(0, SHOWN), make("pre", "", scroll));
}

async function ask(operation, answer) {
  answer.hidden = false;
  answer.replaceChildren();
  make("p", "Asking …", answer, "quiet");
  const started = performance.now();
  try {
    const options = { method: operation.dataset.method, headers: headersOf(operation), body: bodyOf(operation) };
    const response = await fetch(addressOf(operation), options);
    const text = await response.text();
    answer.replaceChildren();
    show(answer, response, text, Math.round(performance.now() - started));
  } catch (error) {
    answer.replaceChildren();
    make("p", `There is no answer: ${error.message}`, answer, "status");
  }
}

async function copyCommand(operation, button, command) {
  command.textContent = commandFor(operation);
  command.hidden = false;
  try {
    await navigator.clipboard.writeText(command.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(command); // where pages may not copy, the reader can
  }
}

function prepare(operation) {
  for (const hidden of operation.querySelectorAll("[hidden]")) hidden.hidden = false;
  operation.querySelector(".example")?.remove();
  const place = operation.querySelector("[type=submit]").parentElement;
  const button = make("button", "Copy as curl", place, "second");
  button.type = "button";
  const command = document.createElement("code");
  command.className = "command";
  command.hidden = true;
  const answer = document.createElement("section");
  answer.className = "answer";
  answer.setAttribute("aria-live", "polite");
  answer.hidden = true;
  place.parentElement.insertAdjacentElement("afterend", answer);
  place.insertAdjacentElement("afterend", command);
  button.addEventListener("click", () => copyCommand(operation, button, command));
  operation.addEventListener("input", () => {
    command.hidden = true;
    button.textContent = "Copy as curl";
  });
  operation.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(operation, answer);
  });
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches("details")) {
    target.open = true;
    target.scrollIntoView();
  }
}

for (const form of document.querySelectorAll(".operation form")) prepare(form.parentElement);
addEventListener("hashchange", openTarget);
openTarget();
