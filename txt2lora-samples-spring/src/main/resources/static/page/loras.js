// The gallery: all LoRAs with a picture each, search, download, upload.

import * as api from "./api.js";
import { button, byId, element, say, trying } from "./dom.js";

const RETRY = 2500;
const pictures = new Map();

/** One after another, since each may have to be drawn. */
let lastPicture = Promise.resolve();

function showPicture(lora, place) {
  const key = `${lora.name} ${lora.changedAt}`;
  const show = () => place.replaceChildren(element("img", { src: pictures.get(key), alt: `what ${lora.name} draws` }));
  if (pictures.has(key)) {
    show();
    return;
  }
  lastPicture = lastPicture.then(async () => {
    for (let attempt = 0; attempt < 20 && place.isConnected; attempt++) {
      try {
        pictures.set(key, URL.createObjectURL(await api.blob(api.lora(lora.name, "/picture"))));
        show();
        return;
      } catch (e) {
        if (e.status !== 503) {
          place.replaceChildren(element("p", {}, `No picture: ${e.message}`));
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  });
}

async function download(lora) {
  say(`Downloading ${lora.name}…`);
  const address = URL.createObjectURL(await api.blob(api.lora(lora.name, "/file")));
  const link = element("a", { href: address, download: `${lora.name}.safetensors` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  say(`${lora.name}.safetensors is downloaded.`);
}

function card(lora, actions) {
  const picture = element("div", {}, element("div", { className: "waiting" }));
  const remove = async () => {
    if (confirm(`Delete the LoRA ${lora.name}?`)) {
      await api.remove(api.lora(lora.name));
      say(`${lora.name} is deleted.`);
      await actions.refresh();
    }
  };
  const node = element(
    "li",
    { className: "lora" },
    element("h3", {}, lora.name),
    picture,
    element("p", { className: "look" }, lora.look ?? (lora.words ? `called by: ${lora.words}` : "uploaded")),
    element("p", {}, `${size(lora.bytes)}, ${new Date(lora.changedAt).toLocaleDateString()}`),
    element(
      "div",
      { className: "buttons" },
      button("Download", () => trying(() => download(lora)), { ariaLabel: `Download ${lora.name}` }),
      button("Compare", () => actions.compare(lora), { ariaLabel: `Compare ${lora.name}` }),
      button("Delete", () => trying(remove), { ariaLabel: `Delete ${lora.name}` }),
    ),
  );
  return { node, begin: () => showPicture(lora, picture) };
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function choices(select, loras) {
  const before = select.value;
  select.replaceChildren(...loras.map((lora) => element("option", { value: lora.name }, lora.name)));
  if (loras.some((lora) => lora.name === before)) {
    select.value = before;
  } else {
    select.selectedIndex = Math.min(Number(select.dataset.first ?? 0), loras.length - 1);
  }
}

/** Sets up the gallery; the answer reads it again. */
export function showLoras({ onCompare, largestUpload }) {
  const search = byId("search-form").elements.search;
  let asked = 0;
  const known = new Map();

  async function refresh() {
    const number = ++asked;
    const found = await api.get(`/loras?search=${encodeURIComponent(search.value)}`);
    const all = search.value ? await api.get("/loras") : found;
    if (number !== asked) {
      return;
    }
    all.forEach((lora) => known.set(lora.name, lora));
    ["compare-form", "together-form"].forEach((form) =>
      byId(form).querySelectorAll("select").forEach((select) => choices(select, all)));
    const cards = found.map((lora) => card(lora, { refresh, compare: onCompare }));
    const none = element("li", { className: "note" }, all.length === 0 ? "There is no LoRA yet." : "No LoRA has these words.");
    byId("gallery").replaceChildren(...(cards.length === 0 ? [none] : cards.map((each) => each.node)));
    cards.forEach((each) => each.begin());
  }

  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => trying(refresh), 250);
  });
  byId("search-form").addEventListener("submit", (event) => event.preventDefault());

  const upload = byId("upload-form");
  upload.elements.file.addEventListener("change", () => {
    const file = upload.elements.file.files[0];
    if (file && !upload.elements.name.value) {
      upload.elements.name.value = file.name.replace(/\.safetensors$/i, "");
    }
  });
  upload.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(async () => {
      const file = upload.elements.file.files[0];
      if (file.size > largestUpload) {
        throw new Error(`the file is too long; expected at most ${size(largestUpload)}`);
      }
      say("Uploading…");
      await api.put(api.lora(upload.elements.name.value), file);
      say(`${upload.elements.name.value} is uploaded.`);
      upload.reset();
      await refresh();
    });
  });
  return { refresh, find: (name) => known.get(name) };
}
