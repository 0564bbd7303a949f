// Small helpers to build elements.

/** An element with properties and children; text is never read as HTML. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

/** A button that can be pressed again only when its action has ended. */
export function button(label, action, properties = {}) {
  const made = element("button", { type: "button", ...properties }, label);
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await action();
    } finally {
      made.disabled = false;
    }
  });
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Says something to the user, also to one who hears the page. */
export function say(text, isBad = false) {
  const message = byId("message");
  message.textContent = text;
  message.className = isBad ? "bad" : "";
}

/** Runs an action and says why it failed, if it does. */
export async function trying(action) {
  try {
    await action();
  } catch (e) {
    if (e.name !== "AbortError") {
      say(e.message, true);
    }
  }
}

export const lines = (text) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "");

/** The numbers in a text. */
export function seeds(text) {
  const found = text.split(/[\s,;]+/).filter((part) => part !== "");
  if (!found.every((part) => /^-?\d{1,15}$/.test(part))) {
    throw new Error("seeds are whole numbers, with commas between them");
  }
  return found.map(Number);
}
