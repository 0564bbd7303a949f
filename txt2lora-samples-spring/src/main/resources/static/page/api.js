// Requests to the service. All of them are made with fetch, which can send the access token in a header; EventSource,
// <img> and links cannot. So nothing but this page ever sends the token, and no cookie lets another page act for the user.

const KEY = "txt2lora-token";

export const token = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (text) => (text ? sessionStorage.setItem(KEY, text) : sessionStorage.removeItem(KEY)),
};

/** An answer that is none: its message is the sentence that the service gave. */
export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

let onUnauthorized = () => {};

/** Says what to do when the token is missing or wrong. */
export function whenUnauthorized(action) {
  onUnauthorized = action;
}

async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (token.get()) {
    headers.set("Authorization", `Bearer ${token.get()}`);
  }
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (e) {
    if (e.name === "AbortError") {
      throw e;
    }
    throw new Problem(0, "the service does not answer; is it running?");
  }
  if (response.status === 401) {
    onUnauthorized();
  }
  if (!response.ok) {
    throw new Problem(response.status, await sentenceOf(response));
  }
  return response;
}

async function sentenceOf(response) {
  try {
    return (await response.json()).detail ?? `the service answered ${response.status}`;
  } catch {
    return `the service answered ${response.status}`;
  }
}

const json = (body) => ({ headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const get = async (path) => (await ask(path)).json();
export const post = async (path, body) => (await ask(path, { method: "POST", ...json(body) })).json();
export const put = (path, body) => ask(path, { method: "PUT", body });
export const remove = (path) => ask(path, { method: "DELETE" });
export const blob = async (path) => (await ask(path)).blob();

/** The address of a LoRA. */
export const lora = (name, rest = "") => `/loras/${encodeURIComponent(name)}${rest}`;

/**
 * Reads server-sent events and hands each to the listener, as its name and its data. Returns when the stream ends.
 */
export async function events(path, listener, { signal, body } = {}) {
  const order = body === undefined ? {} : { method: "POST", ...json(body) };
  const headers = new Headers(order.headers);
  headers.set("Accept", "text/event-stream");
  const response = await ask(path, { ...order, headers, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const messages = (rest + value).split("\n\n");
    rest = messages.pop();
    messages.forEach((message) => deliver(message, listener));
  }
}

function deliver(message, listener) {
  let name = "";
  let data = "";
  for (const line of message.split("\n")) {
    if (line.startsWith("event:")) {
      name = line.slice(6).trim();
    } else if (line.startsWith("data:")) {
      data += line.slice(5);
    }
  }
  if (name) {
    listener(name, JSON.parse(data || "{}"));
  }
}
