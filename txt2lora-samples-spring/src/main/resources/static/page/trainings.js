// The queue, and what happens in the training that runs.

import * as api from "./api.js";
import { showChart } from "./chart.js";
import { button, byId, element, say, trying } from "./dom.js";
import { PictureTable } from "./pictures.js";

const STATES = {
  QUEUED: "waits",
  RUNNING: "trains",
  PAUSED: "paused",
  FINISHED: "finished",
  CANCELLED: "cancelled",
  FAILED: "failed",
};

const POLL = 3000;
const RETRY = 2000;

/** A training that has not ended, with its buttons; the one that runs is watched. */
class Job {
  constructor(status, onChange) {
    this.id = status.id;
    this.onChange = onChange;
    this.title = element("h3", {}, status.name);
    this.state = element("p");
    this.look = element("p", { className: "note" }, status.look);
    this.progress = element("progress", { max: 1, value: 0, ariaLabel: `progress of ${status.name}` });
    this.pause = button("Pause", () => this.act(() => this.togglePause()));
    this.keep = button("Stop and keep", () => this.act(() => this.cancel("?keep=true")));
    this.drop = button("Cancel", () => this.act(() => this.cancel("")));
    this.note = element("p", { className: "note" });
    this.chart = element("div");
    this.previews = element("div", { className: "previews" });
    this.node = element(
      "article",
      { className: "job", ariaLabel: `training of ${status.name}` },
      this.title, this.look, this.state, this.progress,
      element("div", { className: "buttons" }, this.pause, this.keep, this.drop),
      this.note, this.chart, this.previews,
    );
    this.shown = [];
    this.measurements = [];
    this.update(status);
  }

  act(action) {
    return trying(async () => {
      await action();
      await this.onChange();
    });
  }

  async togglePause() {
    const path = `/trainings/${this.id}/pause`;
    await (this.status.state === "PAUSED" ? api.remove(path) : api.put(path));
  }

  async cancel(how) {
    if (how || confirm(`Cancel the training of ${this.status.name}? What it has learned is lost.`)) {
      await api.remove(`/trainings/${this.id}${how}`);
    }
  }

  update(status) {
    this.status = status;
    const left = status.secondsLeft == null ? "" : `, about ${duration(status.secondsLeft)} left`;
    const resumed = status.resumedFrom == null ? "" : `; went on after a restart at iteration ${status.resumedFrom}`;
    const doing = status.cancelling ? "ends" : STATES[status.state];
    this.state.textContent = `${doing}: ${status.iteration} of ${status.iterations} iterations${left}${resumed}`;
    this.progress.value = status.iterations === 0 ? 0 : status.iteration / status.iterations;
    this.pause.textContent = status.state === "PAUSED" ? "Resume" : "Pause";
    this.keep.hidden = status.state === "QUEUED";
    if (status.state !== "QUEUED" && !this.watching) {
      this.watch();
    }
  }

  async watch() {
    this.watching = new AbortController();
    await trying(() => this.load());
    while (!this.watching.signal.aborted) {
      try {
        await api.events(`/trainings/${this.id}/events`, (name, data) => this.on(name, data), this.watching);
      } catch {
        // asked again below
      }
      if (this.hasEnded) {
        await this.onChange();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY));
      await trying(() => this.load());
    }
  }

  /** What was measured and drawn before this page watched. */
  async load() {
    this.measurements = await api.get(`/trainings/${this.id}/curve`);
    this.showChart();
    const previews = await api.get(`/trainings/${this.id}/previews`);
    for (const preview of previews) {
      await this.showPreview(preview);
    }
  }

  on(name, data) {
    if (name === "iteration") {
      this.loss = data.loss;
      this.update({ ...this.status, iteration: data.iteration, iterations: data.iterations, secondsLeft: data.secondsLeft });
    } else if (name === "gap") {
      this.measurements = this.measurements.filter((point) => point.iteration < data.iteration);
      this.measurements.push({ iteration: data.iteration, gap: data.gap, loss: this.loss });
      this.showChart();
    } else if (name === "preview") {
      trying(() => this.showPreview(data));
    } else if (name === "warning") {
      this.note.textContent = `Note: ${data.message}`;
    } else if (name === "finished") {
      this.hasEnded = true;
      say(`The LoRA ${this.status.name} is ready.`);
    } else if (name === "failed") {
      this.hasEnded = true;
      say(`The training of ${this.status.name} failed: ${data.reason}`, true);
    } else if (name === "cancelled") {
      this.hasEnded = true;
      say(`The training of ${this.status.name} was cancelled.`);
    }
  }

  showChart() {
    showChart(this.chart, this.measurements, this.status.iterations);
  }

  async showPreview(preview) {
    if (this.shown.some((each) => each.iteration === preview.iteration)) {
      return;
    }
    this.shown = [...this.shown, await withSources(preview)].sort((a, b) => a.iteration - b.iteration);
    this.previews.replaceChildren(previewTable(this.status.name, this.shown).node);
  }

  close() {
    this.watching?.abort();
    this.shown.flatMap((each) => each.sources).forEach((source) => URL.revokeObjectURL(source));
    this.node.remove();
  }
}

async function withSources(preview) {
  const sources = preview.pictures.map(async (path) => URL.createObjectURL(await api.blob(path)));
  return { iteration: preview.iteration, sources: await Promise.all(sources) };
}

/** Iterations from left to right, so that one sees a character come. */
function previewTable(name, previews) {
  const rows = previews[0].sources.map((_, index) => `${name}, seed ${index + 1}`);
  const table = new PictureTable(`What ${name} draws on the way`, rows, previews.map((each) => `after ${each.iteration}`));
  previews.forEach((each, column) => each.sources.forEach((source, row) => table.show(row, column, source)));
  return table;
}

function duration(seconds) {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

const jobs = new Map();

function endedItem(status) {
  const when = new Date(status.endedAt).toLocaleString();
  const item = element("li", { className: "job" }, element("h3", {}, status.name));
  item.append(element("p", {}, `${STATES[status.state]} after ${status.iteration} of ${status.iterations} iterations, ${when}`));
  if (status.reason) {
    item.append(element("p", { className: "bad" }, status.reason));
  }
  const curve = element("div");
  const pictures = element("div");
  const show = async () => {
    showChart(curve, await api.get(`/trainings/${status.id}/curve`), status.iterations);
    const previews = await Promise.all((await api.get(`/trainings/${status.id}/previews`)).map(withSources));
    if (previews.length > 0) {
      pictures.replaceChildren(previewTable(status.name, previews).node);
    }
  };
  const label = { ariaLabel: `Show curve and pictures of ${status.name}` };
  item.append(element("div", { className: "buttons" }, button("Show curve and pictures", () => trying(show), label)));
  item.append(curve, pictures);
  return item;
}

let endedShown = "";

function showEnded(ended) {
  const now = ended.map((status) => status.id).join();
  if (now !== endedShown) {
    endedShown = now;
    byId("ended-list").replaceChildren(...ended.reverse().map(endedItem));
  }
  byId("ended").hidden = ended.length === 0;
}

/** Reads the queue; onEnd is called when a training is over. */
async function refresh(onEnd) {
  const all = await api.get("/trainings");
  const open = all.filter((status) => !status.endedAt);
  const queue = byId("queue");
  let hasOneEnded = false;
  for (const [id, job] of jobs) {
    if (!open.some((status) => status.id === id)) {
      job.close();
      jobs.delete(id);
      hasOneEnded = true;
    }
  }
  for (const status of open) {
    if (jobs.has(status.id)) {
      jobs.get(status.id).update(status);
    } else {
      const job = new Job(status, () => refresh(onEnd));
      jobs.set(status.id, job);
      queue.append(job.node);
    }
  }
  byId("queue-empty")?.remove();
  if (open.length === 0) {
    queue.append(element("p", { id: "queue-empty", className: "note" }, "No training waits or runs."));
  }
  showEnded(all.filter((status) => status.endedAt));
  if (hasOneEnded) {
    await onEnd();
  }
}

/** Keeps the queue up to date. */
export function followTrainings(onEnd) {
  const next = async () => {
    if (!document.hidden) {
      try {
        await refresh(onEnd);
      } catch {
        // asked again soon; the token dialog opens by itself
      }
    }
    setTimeout(next, POLL);
  };
  next();
  return () => refresh(onEnd);
}
