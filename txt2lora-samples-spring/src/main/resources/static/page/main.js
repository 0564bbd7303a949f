// Puts the parts of the page together.

import * as api from "./api.js";
import { byId, lines, say, seeds, trying } from "./dom.js";
import { showLoras } from "./loras.js";
import { draw } from "./pictures.js";
import { followTrainings } from "./trainings.js";

const tokenDialog = byId("token-dialog");

function askForToken() {
  if (!tokenDialog.open) {
    byId("token-form").elements.token.value = api.token.get();
    tokenDialog.returnValue = "";
    tokenDialog.showModal();
  }
}

tokenDialog.addEventListener("close", () => {
  if (tokenDialog.returnValue === "use") {
    api.token.set(byId("token-form").elements.token.value.trim());
    location.reload();
  }
});

byId("token-button").addEventListener("click", askForToken);
api.whenUnauthorized(askForToken);

/** Submits a form without leaving the page. */
function onSubmit(id, action) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    trying(() => action(event.target.elements));
  });
}

function wordsOf(fields) {
  if (!fields.look.value.trim()) {
    fields.look.focus();
    throw new Error("say in tags what the word shall mean");
  }
  return { look: fields.look.value.trim(), neutral: fields.neutral.value.trim() };
}

async function start() {
  const facts = await api.get("/about");
  byId("model").textContent = `Base model: ${facts.model}, ${facts.side} × ${facts.side} pixels`
    + (facts.isDemo ? ", a small one to try things out" : "");

  const compare = (lora, fields) => draw(
    byId("compare-pictures"),
    "/drawings/comparison",
    { lora: lora.name, words: lora.words || lora.name, places: lines(fields.places.value), seeds: seeds(fields.seeds.value) },
    `${lora.name} on the same seeds`,
  );
  const loras = showLoras({
    largestUpload: facts.largestUpload,
    onCompare: (lora) => trying(async () => {
      const fields = byId("compare-form").elements;
      fields.lora.value = lora.name;
      byId("compare").scrollIntoView();
      await compare(lora, fields);
    }),
  });
  const refreshTrainings = followTrainings(loras.refresh);

  byId("draw-words").addEventListener("click", () => trying(async () => {
    const fields = byId("words-form").elements;
    const order = { ...wordsOf(fields), places: lines(fields.places.value), seeds: seeds(fields.seeds.value) };
    await draw(byId("words-pictures"), "/drawings/words", order, "What these words draw before anything is trained");
  }));

  onSubmit("words-form", async (fields) => {
    const order = { name: fields.name.value.trim(), ...wordsOf(fields), replace: fields.replace.checked };
    if (fields.iterations.value) {
      order.iterations = Number(fields.iterations.value);
    }
    await api.post("/trainings", order);
    say(`The training of ${order.name} is in the queue.`);
    await refreshTrainings();
    byId("trainings").scrollIntoView();
  });

  onSubmit("compare-form", (fields) => {
    const lora = loras.find(fields.lora.value);
    if (!lora) {
      throw new Error("there is no LoRA to compare yet");
    }
    return compare(lora, fields);
  });

  onSubmit("together-form", (fields) => draw(
    byId("together-pictures"),
    "/drawings/couple",
    {
      left: fields.left.value,
      right: fields.right.value,
      places: lines(fields.places.value),
      seeds: seeds(fields.seeds.value),
    },
    `${fields.left.value} and ${fields.right.value} in one picture`,
    true,
  ));

  await loras.refresh();
}

trying(start);
