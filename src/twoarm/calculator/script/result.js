// The result of one patient: a sentence, both futures, benefit and harm, and whether to believe it.

import { answer, hasRecommended, primaryOf, refusal, spanOver } from "./answer.js";
import { believe } from "./believe.js";
import { both } from "./benefit.js";
import { change, rangeText, row } from "./changes.js";
import { shown } from "./form.js";
import { patientOf } from "./patient.js";
import { incomplete, refused } from "./silence.js";
import { futures } from "./views.js";
import { el } from "./words.js";

export class Result {
  constructor(model, state, words, changed) {
    Object.assign(this, { model, state, words, changed });
    this.primary = primaryOf(model);
    this.arms = [model.labels.control, model.labels.treated];
  }

  values(extra = {}) {
    const { words } = this;
    return { control: words.inside(this.arms[0]), treated: words.inside(this.arms[1]), ...extra };
  }

  // { say, bar, body }: the sentence read aloud, the same in short, and the elements below.
  render() {
    const { model, state, words } = this;
    const patient = patientOf(model, state);
    if (!patient.complete) return incomplete(this, patient);
    const reason = refusal(model, patient.coded);
    if (reason) return refused(this, patient, reason);
    const found = answer(model, patient.coded, state.learner);
    const rows = Object.keys(model.outcomes)
      .filter((name) => name in found)
      .map((name) => row(model, name, found[name], state));
    const main = rows.find((each) => each.name === this.primary);
    return {
      say: this.sentence(main),
      bar: this.short(main),
      body: [
        this.way(main),
        el("p", { class: "soft" }, words.say("guess"), " ", this.learnt()),
        this.doubts(),
        this.notes(patient),
        futures(this, found, rows),
        both(this, rows, main),
        believe(this, patient),
      ],
    };
  }

  sentence(main) {
    const { words, model } = this;
    const bold = (text) => el("b", {}, text);
    const values = this.values({
      outcome: words.term(model.outcomes[main.name].label),
      a: bold(words.fixed(main.a, main.decimals)),
      b: bold(words.fixed(main.b, main.decimals)),
      change: bold(change(words, main.points, main.decimals)),
    });
    if (!main.changeRange) return words.parts("say", values);
    return words.parts("say.range", { ...values, range: rangeText(words, main.changeRange, main.decimals) });
  }

  short(main) {
    const { words } = this;
    const range = main.changeRange ? ` (${rangeText(words, main.changeRange, main.decimals)})` : "";
    return `${words.fixed(main.a, main.decimals)} → ${words.fixed(main.b, main.decimals)}: ${change(words, main.points, main.decimals)}${range}`;
  }

  wayText(each) {
    const key = each.benefit > 0 ? "way.better" : each.benefit < 0 ? "way.worse" : "way.none";
    const said = this.words.say(key, this.values());
    const [low, high] = each.benefitRange ?? [1, 1];
    return low <= 0 && high >= 0 && each.benefit !== 0 ? `${said}; ${this.words.say("way.unclear")}` : said;
  }

  // What the study doubts itself, before anything is drawn.
  doubts() {
    const { words, model } = this;
    const asked = (model.verdict ?? []).filter((each) => each.verdict === "questions");
    if (!asked.length) return null;
    const list = asked.map((each) => words.term(each.question)).join(" ");
    return el("p", { class: "doubts" }, words.say("doubts", { list }), " ", el("a", { href: "#believe" }, words.say("doubts.more")));
  }

  learnt() {
    const { words, model } = this;
    const { events, n_control: n0, n_treated: n1 } = model.population;
    const { control: e0, treated: e1 } = events[this.primary];
    const counts = { e0: String(e0), n0: String(n0), e1: String(e1), n1: String(n1) };
    return words.say("learnt", this.values(counts));
  }

  way(main) {
    return main.benefit < 0 ? el("p", { class: "harm" }, "◆ ", this.wayText(main)) : null;
  }

  notes(patient) {
    const { words, model, state } = this;
    const notes = [];
    if (model.expires && model.expires < new Date().toISOString().slice(0, 10)) {
      notes.push(words.say("expired", { expires: words.date(model.expires) }));
    }
    if (!this.smooth()) notes.push(words.say("believe.norange"));
    for (const k of patient.unknown) {
      const predictor = model.codebook[k];
      const [low, high] = spanOver(model, patient.coded, k, state.learner, this.primary);
      notes.push(
        words.say("unknown.note", {
          label: words.term(predictor.label),
          value: shown(words, predictor, model.fill[k], state),
          outcome: words.inside(model.outcomes[this.primary].label),
          low: words.fixed(100 * low, 0),
          high: words.fixed(100 * high, 0),
        }),
      );
    }
    for (const name of this.smooth() ? Object.keys(model.recommended.absent ?? {}) : []) {
      notes.push(words.say("absent.note", { outcome: words.term(model.outcomes[name].label) }));
    }
    if (patient.leftOut.length) {
      notes.push(
        words.say("short.note", {
          labels: words.list(patient.leftOut.map((k) => words.term(model.codebook[k].label))),
        }),
      );
    }
    return notes.map((text) => el("p", { class: "caution" }, text));
  }

  smooth() {
    return this.state.learner === "recommended" && hasRecommended(this.model);
  }
}
