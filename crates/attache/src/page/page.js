"use strict";

// Behind a proxy with a path prefix this page is below it, and so is everything else.
const base = location.pathname.replace(/\/docs$/, "");
/** The `type` of a library item that is a file. */
const FILE = 2;
const MEDIA_TYPE = "application/vnd.inin.icws+json";
const $ = (id) => document.getElementById(id);

/** An element with a class, a text or children. Texts are never read as HTML. */
function element(name, options = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(options)) made[key] = value;
  made.append(...children);
  return made;
}

// The walk ---------------------------------------------------------------------------------------------------------------------

let session = null;

class Refused extends Error {}

/** One request; the exchange is shown. */
async function call(method, path, body, headers = {}) {
  const request = { method, headers: { ...headers } };
  if (session) request.headers["ININ-ICWS-CSRF-Token"] = session.token;
  if (body !== undefined) {
    request.headers["Content-Type"] = MEDIA_TYPE;
    request.body = JSON.stringify(body);
  }
  const answer = await fetch(base + path, request);
  const text = await answer.text();
  show(method, path, body, answer.status, text);
  const value = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Refused(value?.message ?? `status ${answer.status}`);
  return value;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function show(method, path, body, status, text) {
  const shown = body && "password" in body ? { ...body, password: "…" } : body;
  const item = element("li", {}, element("details", {},
    element("summary", {}, `${method} ${path} `, element("span", { className: status < 400 ? "good" : "bad", textContent: String(status) })),
    ...(shown ? [element("pre", { textContent: JSON.stringify(shown, null, 2) })] : []),
    ...(text ? [element("pre", { textContent: pretty(text) })] : [])));
  $("exchange-list").append(item);
  $("exchange-count").textContent = String($("exchange-list").children.length);
}

function say(id, text, good = true) {
  $(id).replaceChildren(element("span", { className: good ? "good" : "bad", textContent: text }));
}

/** Lets a form do something, and says what went wrong. */
function onSubmit(id, work) {
  $(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await work(new FormData(form));
    } catch (error) {
      // What is typed next takes the place of what was wrong.
      form.elements.password?.select();
      say(`${id}-result`, error instanceof Refused ? error.message : `It did not work: ${error.message}`, false);
    } finally {
      button.disabled = false;
    }
  });
}

onSubmit("log-in", async (fields) => {
  await logOut();
  const language = navigator.language || "en-US";
  const answer = await call("POST", "/icws/connection", {
    __type: "urn:inin.com:connection:icAuthConnectionRequestSettings",
    applicationName: "The page of the API",
    userID: fields.get("user"),
    password: fields.get("password"),
  }, { "Accept-Language": language });
  $("log-in").elements.password.value = "";
  session = { id: answer.sessionId, token: answer.csrfToken, path: `/icws/${answer.sessionId}`, email: null };
  say("log-in-result", `${answer.userDisplayName || answer.userID} is logged in: session ${answer.sessionId}.`);
  listen();
  await call("PUT", `${session.path}/messaging/subscriptions/response-management`);
  $("log-out").disabled = false;
  $("begin").querySelector("button").disabled = false;
});

$("log-out").addEventListener("click", async () => {
  await logOut();
  say("log-in-result", "Logged out.");
});

async function logOut() {
  const ended = session;
  ended?.events?.close();
  for (const id of ["begin", "insert"]) {
    $(id).querySelector("button").disabled = true;
    $(`${id}-result`).replaceChildren();
  }
  $("insert").elements.file.disabled = true;
  $("insert").elements.file.replaceChildren(element("option", { value: "", textContent: "Those that you may use" }));
  $("messages").replaceChildren();
  $("log-out").disabled = true;
  if (ended) {
    await call("DELETE", `${ended.path}/connection`).catch(() => {});
    session = null;
  }
}

function listen() {
  const events = new EventSource(`${base}${session.path}/messaging/messages`);
  session.events = events;
  events.onmessage = async (event) => {
    const message = JSON.parse(event.data);
    const name = message.__type.split(":").pop();
    let about = name;
    if (name === "emailContentsMessage") {
      const files = message.emailContent?.fileAttachments?.map((file) => file.name);
      about = `${name}: ${message.isDelta ? "a change of" : "all of"} email ${message.interactionId}`;
      if (files) about += files.length ? `, with ${files.join(", ")}` : ", without attachments";
    }
    $("messages").append(element("li", { className: name }, element("details", {},
      element("summary", { textContent: about }),
      element("pre", { textContent: JSON.stringify(message, null, 2) }))));
    if (name === "responseManagementMessage") await takeLibraries(message).catch((error) => say("insert-result", error.message, false));
  };
}

async function takeLibraries(message) {
  const select = $("insert").elements.file;
  const known = (id) => [...select.children].find((group) => group.dataset.library === id);
  for (const id of message.librariesRemoved ?? []) known(id)?.remove();
  for (const library of [...(message.librariesAdded ?? []), ...(message.librariesChanged ?? [])]) {
    const path = library.url.startsWith(base) ? library.url.slice(base.length) : library.url;
    const document = await call("GET", path);
    const group = element("optgroup", { label: document.name ?? library.name });
    const take = (node, above) => {
      for (const item of node.items ?? []) {
        if (item.type === FILE) group.append(element("option", { value: item.id, textContent: above + item.name }));
      }
      for (const category of node.categories ?? []) take(category, `${above}${category.name} / `);
    };
    take(document, "");
    group.dataset.library = library.id;
    const before = known(library.id);
    if (before) before.replaceWith(group);
    else {
      if (!select.value) select.replaceChildren();
      select.append(group);
    }
    // A library without files has nothing to choose.
    if (!group.children.length) group.remove();
  }
}

onSubmit("begin", async (fields) => {
  const answer = await call("POST", `${session.path}/interactions`, {
    __type: "urn:inin.com:interactions.email:createEmailParameters",
    workgroup: fields.get("workgroup"),
    emailContent: {
      sender: { displayName: "" },
      subject: fields.get("subject"),
      toRecipients: [{ displayName: "", address: fields.get("to") }],
    },
  });
  session.email = answer.interactionId;
  say("begin-result", `Email ${session.email} was begun.`);
  await call("PUT", `${session.path}/messaging/subscriptions/interactions/${session.email}/email`, {});
  $("insert").elements.file.disabled = false;
  $("insert").querySelector("button").disabled = false;
});

onSubmit("insert", async (fields) => {
  const path = `${session.path}/interactions/${session.email}/email/attachments/response-management/insert`;
  const began = performance.now();
  const answer = await call("POST", path, { id: fields.get("file"), isInlineAttachment: fields.has("inline") });
  const took = Math.round(performance.now() - began);
  const inline = answer.contentId ? ` Its Content-ID is ${answer.contentId}.` : "";
  say("insert-result", `Inserted, and on disk, in ${took} ms.${inline}`);
});

// The operations ---------------------------------------------------------------------------------------------------------------

let description = null;

function nameOf(reference) {
  return reference.split("/").pop();
}

function kindOf(schema) {
  if (!schema) return "anything";
  if (schema.$ref) {
    const target = description.components.schemas[nameOf(schema.$ref)];
    return target?.enum ? `one of ${target.enum.join(", ")}` : nameOf(schema.$ref);
  }
  if (schema.anyOf) return schema.anyOf.map(kindOf).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `list of ${kindOf(schema.items)}`;
  if (schema.additionalProperties) return `dictionary of ${kindOf(schema.additionalProperties)}`;
  return [schema.type, schema.format].filter(Boolean).join(", ") || "anything";
}

/** The schema of an object that is behind a schema, if there is just one. */
function objectOf(schema) {
  if (!schema) return null;
  if (schema.$ref) return objectOf(description.components.schemas[nameOf(schema.$ref)]);
  if (schema.type === "array") return objectOf(schema.items);
  if (schema.anyOf) return schema.anyOf.filter((one) => one.type !== "null").length === 1 ? objectOf(schema.anyOf[0]) : null;
  return schema.properties ? schema : null;
}

function members(schema, depth = 0) {
  const object = objectOf(schema);
  if (!object) return null;
  const list = element("ul", { className: "members" });
  for (const [name, value] of Object.entries(object.properties)) {
    const line = element("li", {}, element("code", { textContent: name }),
      element("span", { className: "kind", textContent: `${object.required?.includes(name) ? " (required)" : ""} ${kindOf(value)}` }));
    const inside = depth < 3 ? objectOf(value) : null;
    if (inside && inside !== object) {
      const details = element("details", {}, element("summary", { textContent: "its members" }));
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1) details.append(members(value, depth + 1));
      });
      line.append(details);
    }
    list.append(line);
  }
  return list;
}

function body(content) {
  const parts = [];
  for (const [type, { schema }] of Object.entries(content ?? {})) {
    parts.push(element("p", {}, element("code", { textContent: type }), element("span", { className: "kind", textContent: ` ${kindOf(schema)}` })));
    const list = members(schema);
    if (list) parts.push(list);
  }
  return parts;
}

function asks(operation) {
  const words = [];
  for (const need of operation.security ?? []) {
    if ("session" in need) words.push("the session's cookie");
    if ("token" in need) words.push("its token in ININ-ICWS-CSRF-Token");
  }
  return words.length ? words.join(" and ") : "nothing";
}

/** The pieces of a text in which names stand between backticks. */
function pieces(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", { textContent: part }) : part));
}

function inside(operation) {
  const all = element("div", { className: "inside" });
  if (operation.description) all.append(element("p", {}, ...pieces(operation.description)));
  all.append(element("h4", { textContent: "Asks for" }), element("p", { textContent: asks(operation) }));
  if (operation.parameters?.length) {
    all.append(element("h4", { textContent: "Parameters" }), element("ul", {}, ...operation.parameters.map((parameter) =>
      element("li", {}, element("code", { textContent: parameter.name }), ` in the ${parameter.in}${parameter.description ? `: ${parameter.description}` : ""}`))));
  }
  if (operation.requestBody) all.append(element("h4", { textContent: "Body" }), ...body(operation.requestBody.content));
  const refusals = element("ul");
  for (const [status, told] of Object.entries(operation.responses)) {
    const response = told.$ref ? description.components.responses[nameOf(told.$ref)] : told;
    if (Number(status) < 300) {
      all.append(element("h4", { textContent: `${status}: ${response.description}` }), ...body(response.content));
    } else {
      refusals.append(element("li", {}, `${status}: `, ...pieces(response.description)));
    }
  }
  all.append(element("h4", { textContent: "Otherwise" }), refusals);
  return all;
}

function showOperations() {
  const families = new Map(description.tags.map((tag) => [tag.name, []]));
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const family = operation.tags[0];
      const details = element("details", { className: "operation" }, element("summary", {},
        element("span", { className: "method", textContent: method.toUpperCase() }),
        element("span", { className: "path", textContent: path }),
        element("span", { className: "says", textContent: operation.summary })));
      details.dataset.text = `${method} ${path} ${operation.summary}`.toLowerCase();
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1) details.append(inside(operation));
      });
      families.get(family).push(details);
    }
  }
  for (const [family, operations] of families) {
    $("families").append(element("section", { className: "family" }, element("h3", { textContent: family }), ...operations));
  }
  filter();
}

function filter() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const family of document.querySelectorAll(".family")) {
    let any = false;
    for (const operation of family.querySelectorAll(".operation")) {
      const fits = words.every((word) => operation.dataset.text.includes(word));
      operation.hidden = !fits;
      any ||= fits;
      count += fits ? 1 : 0;
    }
    family.hidden = !any;
  }
  $("count").textContent = `${count} ${count === 1 ? "operation" : "operations"}`;
}

$("filter").addEventListener("input", filter);
fetch(`${base}/docs/openapi.json`)
  .then((answer) => answer.json())
  .then((found) => {
    description = found;
    showOperations();
  })
  .catch((error) => {
    $("count").textContent = `The description cannot be read: ${error.message}`;
  });
